import { expect, it } from 'vitest';
import { UtcStamp } from '../../../../main/engine/log/utc-stamp.ts';

it('a stamp is the moment in microseconds, whichever came before it', () => {
  const stamp = new UtcStamp();
  const at = (wallMs: number): string => {
    stamp.set(wallMs);
    return stamp.bytes.toString('latin1');
  };
  const second = Date.UTC(2026, 0, 31, 23, 59, 59);
  expect(at(second + 999.999)).toBe('2026-01-31T23:59:59.999999Z');
  expect(stamp.day).toBe(Date.UTC(2026, 0, 31) / 86_400_000);
  expect(at(second)).toBe('2026-01-31T23:59:59.000000Z');
  expect(at(second + 0.25)).toBe('2026-01-31T23:59:59.000250Z');
  expect(at(second + 0.25)).toBe('2026-01-31T23:59:59.000250Z');
  expect(at(second + 1000)).toBe('2026-02-01T00:00:00.000000Z');
  expect(stamp.day).toBe(Date.UTC(2026, 1, 1) / 86_400_000);
  expect(at(second + 123.456_9)).toBe('2026-01-31T23:59:59.123456Z');
});
