/** Those who are told of something. One that fails is reported, and keeps neither the others nor what goes on from being done. */
export class Emitter<T> {
  readonly #listeners = new Set<(told: T) => void>();
  readonly #onError: (error: unknown) => void;

  /** @param onError takes a listener's defect; by default it goes on to whoever emits */
  constructor(onError: (error: unknown) => void = rethrow) {
    this.#onError = onError;
  }

  /** @returns the function that unsubscribes */
  readonly on = (listener: (told: T) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly emit = (told: T): void => {
    for (const listener of [...this.#listeners]) {
      try {
        listener(told);
      } catch (error) {
        this.#onError(error);
      }
    }
  };

  clear(): void {
    this.#listeners.clear();
  }
}

function rethrow(error: unknown): never {
  throw error;
}
