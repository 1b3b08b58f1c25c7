import { backoffMs } from '../../base/backoff.ts';
import { type DisconnectReason, describeReason, REASONS, type RetryClass } from '../../contracts/disconnect-reason.ts';
import type { RetryPolicy } from '../../contracts/lp-config.ts';

/** retry: connect again after `afterMs`. give-up: not before a person acts, and why. */
export type NextStep =
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'give-up'; readonly reason: DisconnectReason };

/**
 * What follows a lost connection or a failed attempt.
 *
 * @param attempt failures in a row, this one included
 * @param random 0 ≤ random < 1
 */
export function afterFailure(policy: RetryPolicy, reason: DisconnectReason, attempt: number, random: number): NextStep {
  const { retry } = REASONS[reason.code];
  if (retry === 'never') return { kind: 'give-up', reason };
  if (policy.maxAttempts > 0 && attempt >= policy.maxAttempts) {
    const { code, detail } = reason;
    const last = describeReason(detail === undefined ? { code } : { code, detail });
    return { kind: 'give-up', reason: { ...reason, code: 'retries-exhausted', detail: `attempt ${attempt}: ${last}` } };
  }
  return { kind: 'retry', afterMs: retryDelayMs(policy, retry, attempt, random) };
}

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
  return Math.round(random * backoffMs({ ...policy, baseMs: base }, attempt - 1));
}
