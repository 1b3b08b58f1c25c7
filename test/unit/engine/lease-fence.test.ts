import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { monotonicMs } from '../../../main/base/monotonic.ts';
import { LeaseFence } from '../../../main/engine/lease-fence.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function fenced() {
  const done: string[] = [];
  const fence = new LeaseFence({ logOut: () => done.push('Logout'), stop: () => done.push('ended') });
  return { fence, done };
}

describe('the fence before the end of a lease', () => {
  it('is open, and ends nothing, where nobody can take the LP', () => {
    const { fence, done } = fenced();
    expect(fence.open).toBe(true);
    fence.until(null);
    vi.advanceTimersByTime(3_600_000);
    expect(fence.open).toBe(true);
    expect(done).toEqual([]);
  });

  it('logs out 1.5 s before it, and ends the engine 0.4 s before it', () => {
    const { fence, done } = fenced();
    fence.until(monotonicMs() + 10_000);
    vi.advanceTimersByTime(8_499);
    expect(fence.open).toBe(true);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fence.open).toBe(false);
    expect(done).toEqual(['Logout']);
    vi.advanceTimersByTime(1_099);
    expect(done).toEqual(['Logout']);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(['Logout', 'ended']);
  });

  it('moves with a lease that is renewed, and goes with one that is not needed any more', () => {
    const { fence, done } = fenced();
    for (let n = 0; n < 5; n += 1) {
      fence.until(monotonicMs() + 10_000);
      vi.advanceTimersByTime(8_000);
    }
    fence.until(null);
    vi.advanceTimersByTime(60_000);
    expect(fence.open).toBe(true);
    expect(done).toEqual([]);
  });

  it.each([60_000, -60_000])('is moved by no clock that is set by %d ms', (step) => {
    const { fence, done } = fenced();
    fence.until(monotonicMs() + 6_000);
    const real = Date.now;
    const set = vi.spyOn(Date, 'now').mockImplementation(() => real() + step);
    vi.advanceTimersByTime(4_499);
    expect([fence.open, done]).toEqual([true, []]);
    vi.advanceTimersByTime(1_101);
    expect([fence.open, done]).toEqual([false, ['Logout', 'ended']]);
    set.mockRestore();
  });

  it('acts at once on a lease that is over', () => {
    const { fence, done } = fenced();
    fence.until(monotonicMs() - 5);
    expect(fence.open).toBe(false);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(['Logout', 'ended']);
  });
});
