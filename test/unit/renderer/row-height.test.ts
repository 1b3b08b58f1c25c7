import { expect, test } from 'vitest';
import { rowHeight } from '../../../renderer/features/overview/row-height.ts';

test('8 rows are no taller than is good to read', () => {
  expect(rowHeight(8, 956)).toBe(30);
});

test('60 rows all fit on a screen of 1000 px', () => {
  expect(rowHeight(60, 956) * 60 + 22).toBeLessThanOrEqual(956);
});

test('when they cannot all be seen, they scroll at a comfortable height', () => {
  expect(rowHeight(60, 676)).toBe(22);
  expect(rowHeight(0, 676)).toBe(22);
});
