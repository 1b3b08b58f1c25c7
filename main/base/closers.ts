import { toError } from './errors.ts';

/** What has been opened, to be closed in the reverse order. Node 20 has no AsyncDisposableStack. */
export class Closers {
  #closers: (() => unknown)[] = [];

  /** @param close may return a promise, which is waited for */
  defer(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Closes all, whatever fails; a second call finds nothing left. Rejects with the failure, an AggregateError of several. */
  async close(): Promise<void> {
    const failures: Error[] = [];
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(toError(error));
      }
    }
    const [first] = failures;
    if (first !== undefined) throw failures.length === 1 ? first : new AggregateError(failures);
  }
}
