import type { Clock } from './clock.ts';

/** @returns what the promise resolves to, or undefined when `ms` pass first; rejects when the promise does in time */
export function withDeadline<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(undefined));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
