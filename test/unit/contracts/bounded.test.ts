import { describe, expect, it } from 'vitest';
import { boundTexts, cutText, encodedBytes, isCut } from '../../../main/contracts/bounded.ts';

const encoded = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

describe('a bounded text', () => {
  const characters = ['a', '"', '\\', '\n', '\u0007', '\u007f', '\u009b', 'é', '€', '\u202e', '😀', '\udc9b', '\ud800'];

  it('is measured by what it takes as JSON, never less', () => {
    for (const character of characters) {
      expect(encodedBytes(character), JSON.stringify(character)).toBeGreaterThanOrEqual(encoded(character));
    }
    expect(encodedBytes('a"\\é€😀\u0007')).toBe(encoded('a"\\é€😀\u0007'));
  });

  it('is itself as long as it fits, and else its beginning with what is left out', () => {
    for (const character of characters) {
      for (const length of [0, 1, 300, 341, 342, 1_000, 2_047, 2_048, 2_049, 300_000]) {
        const text = character.repeat(length);
        const cut = cutText(text);
        expect(encoded(cut)).toBeLessThanOrEqual(2_048);
        if (encodedBytes(text) <= 2_048) expect(cut).toBe(text);
        else expect(isCut(cut)).toBe(true);
      }
    }
    expect(cutText('x'.repeat(1_050_000), 2_048)).toBe(`${'x'.repeat(1_984)}… (1,048,016 bytes more in fix.log)`);
    expect(cutText('x'.repeat(5_000), 100, 'tunnel.log')).toBe(`${'x'.repeat(36)}… (4,964 bytes more in tunnel.log)`);
  });

  it('cuts no pair in two', () => {
    for (let length = 2_030; length < 2_050; length += 1) {
      expect(cutText(`${'x'.repeat(length - 1_000)}${'😀'.repeat(1_000)}`).isWellFormed()).toBe(true);
    }
  });

  it('is every text of a value, however deep', () => {
    const long = 'x'.repeat(10_000);
    const bound = boundTexts({ a: long, b: [{ c: long }, 1, null, true], d: { e: { f: long } }, g: 'short' });
    expect(JSON.stringify(bound).length).toBeLessThan(7_000);
    expect(bound).toMatchObject({ b: [{}, 1, null, true], g: 'short' });
  });
});
