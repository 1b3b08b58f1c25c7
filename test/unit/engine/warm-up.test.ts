import { describe, expect, it } from 'vitest';
import { warmUp } from '../../../main/engine/warm-up.ts';
import { fix44 } from '../../../main/fix/codec/fix44.ts';
import { sessionSettings } from '../../support/session-settings.ts';

describe('warmUp', () => {
  it('runs whole, valid messages through the session, whatever the LP wants of a Logon', () => {
    const settings = sessionSettings('US', 'THEM', {
      username: 'u',
      password: 'p',
      logonTags: [[9001, 'x']],
      resetOnLogon: true,
      sendNextExpected: true,
      supportedMsgTypes: ['D'],
    });
    expect(warmUp(settings, fix44(), Number.POSITIVE_INFINITY)).toBe(12_000);
  });

  it('keeps nobody from connecting when its time is up', () => {
    expect(warmUp(sessionSettings('US', 'THEM'), fix44(), 0)).toBe(0);
  });
});
