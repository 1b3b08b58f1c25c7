import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../../main/fix/codec/mask-secrets.ts';
import { shown, wire } from '../../../support/fix-wire.ts';

const masked = (text: string): string => shown(maskSecrets(wire(text)));

describe('maskSecrets', () => {
  it.each([
    ['Password', '35=A|553=me|554=hunter2|10=1|', '35=A|553=me|554=***|10=1|'],
    ['NewPassword', '35=A|925=new|554=old|10=1|', '35=A|925=***|554=***|10=1|'],
    ['the same again', '554=a|554=b|', '554=***|554=***|'],
    ['empty', '554=|58=x|', '554=***|58=x|'],
    ['with = and spaces', '554=a=b c|58=x|', '554=***|58=x|'],
    ['at the very start', '554=a|', '554=***|'],
    ['cut off', '35=A|554=hun', '35=A|554=***'],
    ['quoted in a text', '58=bad field 554=hunter2 at 12|371=554|', '58=bad field 554=***|371=554|'],
    ['quoted with another separator', '58=8=FIX.4.4;554=hunter2;925=x;|', '58=8=FIX.4.4;554=***|'],
    ['in the value of the other', '554=925=x|58=y|', '554=***|58=y|'],
  ])('%s', (_name, text, expected) => expect(masked(text)).toBe(expected));

  it.each(['1554=x|', '5541=x|', '58=554|', '35=A|553=me|', '', '9255=x|'])('leaves %j as it is', (text) => {
    expect(masked(text)).toBe(text);
  });

  it.each([...'0123456789'])('takes 554 behind the digit %s for the end of another tag', (digit) => {
    expect(masked(`58=${digit}554=x|`)).toBe(`58=${digit}554=x|`);
  });

  it.each([...'/: ;'])('masks behind %j', (char) => expect(masked(`58=${char}554=x|`)).toBe(`58=${char}554=***|`));

  it('looks at the given part only, and copies nothing without need', () => {
    const bytes = wire('554=a|58=b|554=c|');
    expect(shown(maskSecrets(bytes, 6, 11))).toBe('58=b|');
    const part = maskSecrets(bytes, 6, 11);
    expect([part.buffer, part.byteOffset]).toEqual([bytes.buffer, bytes.byteOffset + 6]);
    expect(shown(bytes)).toBe('554=a|58=b|554=c|');
  });
});
