import type { Failure, Result } from '../contracts/result.ts';

/** Carries a failed Result to the server's error handler, which alone knows HTTP statuses. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'FailureError';
    this.failure = failure;
  }
}

/** The value of a Result; throws FailureError for the error handler when there is none. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new FailureError(result.error);
}
