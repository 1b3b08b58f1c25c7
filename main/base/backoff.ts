export interface BackoffSteps {
  readonly baseMs: number;
  readonly factor: number;
  readonly capMs: number;
}

/**
 * Exponential backoff: baseMs × factor^failures, at most capMs.
 *
 * @param failures how many came before, 0 for the first wait
 */
export function backoffMs({ baseMs, factor, capMs }: BackoffSteps, failures: number): number {
  // factor^62 is beyond any cap, and further powers would end in Infinity × 0.
  return Math.min(capMs, baseMs * factor ** Math.min(failures, 62));
}
