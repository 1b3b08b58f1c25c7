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

  it('looks at the given part only, and copies nothing without need', () => {
    const bytes = wire('554=a|58=b|554=c|');
    expect(shown(maskSecrets(bytes, 6, 11))).toBe('58=b|');
    expect(maskSecrets(bytes, 6, 11).buffer).toBe(bytes.buffer);
    expect(shown(bytes)).toBe('554=a|58=b|554=c|');
  });
});
