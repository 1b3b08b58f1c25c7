import type { RetryClass } from '../contracts/disconnect-reason.ts';
import type { RetryPolicy } from '../contracts/lp-config.ts';

/**
 * How long to wait before the next attempt: exponential backoff with full jitter, so that fifty LPs behind one dead link do not
 * come back in step.
 *
 * @param attempt failures in a row, 1 for the first
 * @param retryClass logon: the counterparty said no, its own (slower) base applies
 * @param random 0 ≤ random < 1
 * @returns milliseconds, never above `capMs`
 */
export function retryDelayMs(
  policy: RetryPolicy,
  retryClass: Exclude<RetryClass, 'never'>,
  attempt: number,
  random: number,
): number {
  const base = retryClass === 'logon' ? policy.logonBaseMs : policy.baseMs;
  const ceiling = Math.min(policy.capMs, base * policy.factor ** Math.min(attempt - 1, 62));
  return Math.round(random * ceiling);
}

/** Whether `attempt` failures in a row use up the attempts of this LP. */
export const attemptsUsedUp = (policy: RetryPolicy, attempt: number): boolean =>
  policy.maxAttempts > 0 && attempt > policy.maxAttempts;
