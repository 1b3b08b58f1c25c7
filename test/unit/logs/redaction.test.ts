import { describe, expect, it } from 'vitest';
import { maskSecretFields, maskSecrets } from '../../../main/logs/redaction.ts';

const SOH = '\x01';

describe('maskSecretFields', () => {
  it('masks Password(554) and NewPassword(925) up to the separator, SOH or |', () => {
    expect(maskSecretFields(`35=A${SOH}553=me${SOH}554=s3cr=t!${SOH}925=n ew${SOH}10=001${SOH}`)).toBe(
      `35=A${SOH}553=me${SOH}554=***${SOH}925=***${SOH}10=001${SOH}`,
    );
    expect(maskSecretFields('35=A|554=x|98=0')).toBe('35=A|554=***|98=0');
    expect(maskSecretFields('554=x')).toBe('554=***');
    expect(maskSecretFields('sent "554=x"')).toBe('sent "554=***');
  });

  it('leaves other tags alone', () => {
    const text = `1554=1${SOH}5540=2${SOH}55=EURUSD${SOH}9250=x${SOH}`;
    expect(maskSecretFields(text)).toBe(text);
  });
});

describe('maskSecrets', () => {
  it('masks by property name at any level, and within texts', () => {
    expect(
      maskSecrets({
        provider: 'LP-X',
        password: 'p',
        draft: { Password: 'p', username: 'u', none: null },
        headers: [{ Authorization: 'Bearer t' }],
        message: '35=A|554=p|',
        at: 5,
      }),
    ).toEqual({
      provider: 'LP-X',
      password: '***',
      draft: { Password: '***', username: 'u', none: null },
      headers: [{ Authorization: '***' }],
      message: '35=A|554=***|',
      at: 5,
    });
  });

  it('keeps that a password was removed or not given', () => {
    expect(maskSecrets({ password: null })).toEqual({ password: null });
  });

  it('ends on a circle', () => {
    const circle: { self?: unknown; password: string } = { password: 'p' };
    circle.self = circle;
    expect(JSON.stringify(maskSecrets(circle))).not.toContain('"p"');
  });
});
