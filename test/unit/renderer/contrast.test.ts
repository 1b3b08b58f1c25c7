import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../../renderer/components/tokens.css', import.meta.url), 'utf8');

/** The custom properties of one scheme. */
function tokensOf(scheme: string): (name: string) => string {
  const block = new RegExp(`data-mantine-color-scheme="${scheme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  const tokens = new Map([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]));
  return (name) => {
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`${scheme} has no --${name}`);
    return value;
  };
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** Text and the grounds it stands on. AA asks 4.5 : 1 of text, 3 : 1 of shapes and focus marks. */
const TEXT: readonly (readonly [text: string, grounds: readonly string[]])[] = [
  ['text', ['ground', 'surface', 'raised', 'selected', 'alarm-ground', 'attention-ground', 'latched-ground', 'hatch']],
  ['text-dim', ['ground', 'surface', 'raised', 'selected', 'alarm-ground', 'latched-ground']],
  ['text-faint', ['ground', 'surface', 'raised', 'selected', 'alarm-ground', 'latched-ground']],
  ['attention', ['ground', 'surface', 'raised', 'selected']],
  ['alarm', ['ground', 'surface', 'raised', 'selected', 'alarm-ground']],
  ['on-solid', ['alarm-solid', 'latched']],
];
const MARKS: readonly (readonly [string, readonly string[]])[] = [['focus', ['ground', 'surface', 'raised', 'selected']]];

for (const scheme of ['dark', 'light']) {
  const token = tokensOf(scheme);
  for (const [pairs, least] of [[TEXT, 4.5] as const, [MARKS, 3] as const]) {
    for (const [text, grounds] of pairs) {
      test.each(grounds)(`${scheme}: ${text} on %s has ${least} : 1`, (ground) => {
        expect(contrast(token(text), token(ground))).toBeGreaterThanOrEqual(least);
      });
    }
  }
}
