import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REASONS, type ReasonCode } from '../../../../main/contracts/disconnect-reason.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../../../../main/contracts/lp-config.ts';
import { afterFailure, retryDelayMs } from '../../../../main/sessions/connect/reconnect-policy.ts';

const policy: RetryPolicy = { ...DEFAULT_RETRY, baseMs: 500, logonBaseMs: 5_000, factor: 2, capMs: 60_000 };
/** The largest number that Math.random gives. */
const ALMOST_ONE = 1 - 2 ** -53;

describe('the wait before the next attempt', () => {
  it.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [7, 32_000],
    [8, 60_000],
    [1_000_000, 60_000],
  ])('after failure %i of a link is at most %i ms', (attempt, ceiling) => {
    expect(retryDelayMs(policy, 'link', attempt, ALMOST_ONE)).toBe(ceiling);
    expect(retryDelayMs(policy, 'link', attempt, 0.25)).toBe(ceiling / 4);
    expect(retryDelayMs(policy, 'link', attempt, 0)).toBe(0);
  });

  it.each([
    [1, 5_000],
    [2, 10_000],
    [4, 40_000],
    [5, 60_000],
  ])('after refused logon %i is at most %i ms', (attempt, ceiling) => {
    expect(retryDelayMs(policy, 'logon', attempt, ALMOST_ONE)).toBe(ceiling);
  });

  it('spreads evenly over the whole of it (full jitter)', () => {
    const waits = Array.from({ length: 1_000 }, (_, i) => retryDelayMs(policy, 'link', 4, i / 1_000));
    const quarters = [0, 1, 2, 3].map((q) => waits.filter((ms) => ms >= q * 1_000 && ms < (q + 1) * 1_000).length);
    expect(quarters).toEqual([250, 250, 250, 250]);
  });

  it('is a number of milliseconds from 0 to the cap, whatever the policy', () => {
    const anyPolicy = fc.record({
      baseMs: fc.integer({ min: 50, max: 3_600_000 }),
      logonBaseMs: fc.integer({ min: 50, max: 3_600_000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      capMs: fc.integer({ min: 50, max: 86_400_000 }),
      maxAttempts: fc.constant(0),
      stableMs: fc.constant(30_000),
    });
    const attempt = fc.integer({ min: 1, max: 2 ** 31 });
    const random = fc.double({ min: 0, max: ALMOST_ONE, noNaN: true });
    fc.assert(
      fc.property(anyPolicy, fc.constantFrom('link' as const, 'logon' as const), attempt, random, (p, kind, n, r) => {
        const ms = retryDelayMs(p, kind, n, r);
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(p.capMs);
        expect(retryDelayMs(p, kind, n + 1, r)).toBeGreaterThanOrEqual(ms);
      }),
    );
  });
});

describe('what follows a failure', () => {
  const limited = { ...policy, maxAttempts: 3 };

  it('is a retry until the attempts are used up, and then an end that says what the last one was', () => {
    expect(afterFailure(limited, { code: 'tcp-refused' }, 2, 0.5)).toEqual({ kind: 'retry', afterMs: 500 });
    const end = afterFailure(limited, { code: 'logon-refused', peerText: 'unknown user' }, 3, 0.5);
    expect(end).toEqual({
      kind: 'give-up',
      reason: { code: 'retries-exhausted', detail: 'attempt 3: Logon refused', peerText: 'unknown user' },
    });
  });

  it('has no limit when maxAttempts is 0', () => {
    expect(afterFailure(policy, { code: 'tcp-refused' }, 1_000_000, 0.5)).toEqual({ kind: 'retry', afterMs: 30_000 });
  });

  it.each(Object.keys(REASONS) as ReasonCode[])('of %s is as its retry class says', (code) => {
    const next = afterFailure(policy, { code }, 1, ALMOST_ONE);
    const expected = {
      link: { kind: 'retry', afterMs: 500 },
      logon: { kind: 'retry', afterMs: 5_000 },
      never: { kind: 'give-up', reason: { code } },
    };
    expect(next).toEqual(expected[REASONS[code].retry]);
  });
});
