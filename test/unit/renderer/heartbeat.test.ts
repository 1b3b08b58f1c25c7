import { expect, test } from 'vitest';
import { silenceOf } from '../../../renderer/store/heartbeat.ts';

test.each([
  [0, 'normal', 0],
  [36_000, 'normal', 0.5],
  [36_001, 'attention', 0.5],
  [54_001, 'alarm', 0.75],
  [200_000, 'alarm', 1],
])('HeartBtInt 30 s, silent for %d ms: %s', (ageMs, level, part) => {
  const silence = silenceOf(1_000, 1_000 + ageMs, 30);
  expect(silence.level).toBe(level);
  expect(silence.part).toBeCloseTo(part, 3);
});

test('a message from the future is no silence', () => {
  expect(silenceOf(5_000, 1_000, 30).ageMs).toBe(0);
});
