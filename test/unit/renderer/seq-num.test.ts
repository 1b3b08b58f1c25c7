import { expect, test } from 'vitest';
import { parseSeqNum } from '../../../renderer/store/seq-num.ts';

test.each([
  ['', null],
  [' ', null],
  ['1', 1],
  ['88\u202f123', 88_123],
  ['2147483647', 2_147_483_647],
])('“%s” is %s', (typed, value) => {
  expect(parseSeqNum(typed)).toBe(value);
});

test.each(['0', '-1', '1.5', 'abc', '2147483648', '1e3'])('“%s” is refused with the rule', (typed) => {
  expect(parseSeqNum(typed)).toBe('A whole number from 1 to 2147483647');
});
