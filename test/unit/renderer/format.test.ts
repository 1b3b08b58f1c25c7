import { expect, test } from 'vitest';
import { bytes, coarse, countdown, duration, grouped, millis, rate, utcShort } from '../../../renderer/store/format.ts';

const GAP = '\u202f';

test.each([
  [-5, '0.0 s'],
  [400, '0.4 s'],
  [9_940, '9.9 s'],
  [9_990, '9 s'],
  [12_900, '12 s'],
  [185_000, '3 m 05 s'],
  [7_620_000, '2 h 07 m'],
  [273_600_000, '3 d 04 h'],
])('duration of %d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('coarse has whole seconds from the first on', () => {
  expect([coarse(0), coarse(999), coarse(59_999), coarse(60_000)]).toEqual(['0 s', '0 s', '59 s', '1 m 00 s']);
});

test('a countdown rounds up and stops at 0', () => {
  expect([countdown(5_001, 0), countdown(5_000, 0), countdown(1, 0), countdown(0, 9)]).toEqual(['6 s', '5 s', '1 s', '0 s']);
});

test('figures', () => {
  expect([grouped(0), grouped(999), grouped(1_234_567)]).toEqual(['0', '999', `1${GAP}234${GAP}567`]);
  expect([rate(0), rate(0.44), rate(9.96), rate(1_250)]).toEqual(['0', '0.4', '10', `1${GAP}250`]);
  expect([millis(0.84), millis(12.4), millis(1_200)]).toEqual(['0.8 ms', '12 ms', '1.20 s']);
  expect([bytes(64e6), bytes(2.1e9), bytes(412e9), bytes(3e12)]).toEqual(['64 MB', '2.1 GB', '412 GB', '3.0 TB']);
});

test('a moment of today is a clock time, another day has its date', () => {
  const now = Date.UTC(2026, 0, 31, 9, 30);
  expect(utcShort(now, now)).toBe('09:30:00');
  expect(utcShort(now + 86_400_000, now)).toBe('02-01 09:30');
});
