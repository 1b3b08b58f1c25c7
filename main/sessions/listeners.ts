/** Those who are told of something. One that fails is reported, and keeps neither the others nor what goes on from being done. */
export class Listeners<T> {
  readonly #listeners = new Set<(told: T) => void>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** @returns the function that unsubscribes */
  add(listener: (told: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(told: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(told);
      } catch (error) {
        this.#onError(new Error('A listener of the Session Manager failed', { cause: error }));
      }
    }
  }
}
