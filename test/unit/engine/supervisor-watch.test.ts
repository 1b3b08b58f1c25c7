import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchSupervisor } from '../../../main/engine/supervisor-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('pings keep an engine; eight seconds without one end it, once', () => {
  const onSilent = vi.fn();
  const pinged = watchSupervisor(onSilent);
  for (let n = 0; n < 30; n += 1) {
    pinged();
    vi.advanceTimersByTime(7_000);
  }
  expect(onSilent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(onSilent).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(60_000);
  expect(onSilent).toHaveBeenCalledTimes(1);
});

test('an engine that nobody pings, as one under test, is not ended', () => {
  const onSilent = vi.fn();
  watchSupervisor(onSilent);
  vi.advanceTimersByTime(3_600_000);
  expect(onSilent).not.toHaveBeenCalled();
});
