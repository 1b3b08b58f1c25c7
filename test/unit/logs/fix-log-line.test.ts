import { expect, it } from 'vitest';
import { parseFixLogLines } from '../../../main/logs/fix-log-line.ts';

const SOH = '\x01';
const message = `8=FIX.4.4${SOH}9=5${SOH}35=0${SOH}10=163${SOH}`;

it('reads time, direction and message, SOH as it is, and numbers the lines', () => {
  expect(parseFixLogLines([`2026-01-31T09:30:00.123456Z I ${message}`, `2026-01-31T09:30:00.123999Z O ${message}`], 7)).toEqual([
    { n: 7, at: '2026-01-31T09:30:00.123456Z', direction: 'in', text: message },
    { n: 8, at: '2026-01-31T09:30:00.123999Z', direction: 'out', text: message },
  ]);
});

it('gives a line of a data field back to its message', () => {
  const lines = ['2026-01-31T09:30:00.123456Z I 95=9|96=ab', 'cd|10=000|', '2026-01-31T09:30:00.123457Z O x'];
  expect(parseFixLogLines(lines, 1).map(({ n, text }) => [n, text])).toEqual([
    [1, '95=9|96=ab\ncd|10=000|'],
    [2, 'x'],
  ]);
});

it('leaves out what belongs to no message', () => {
  expect(parseFixLogLines(['cd|10=000|', ''], 1)).toEqual([]);
});
