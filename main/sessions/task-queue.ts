/** Runs tasks one after the other. A task that fails does not keep the next from running. */
export class TaskQueue {
  readonly #onEnd: () => void;
  readonly #onError: (error: unknown) => void;
  #tail: Promise<void> = Promise.resolve();

  /** @param onEnd called after each task that did not fail */
  constructor(onEnd: () => void, onError: (error: unknown) => void) {
    this.#onEnd = onEnd;
    this.#onError = onError;
  }

  /** @returns what the task returns; rejects as the task does, which has been reported then */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.then(this.#onEnd, this.#onError);
    return result;
  }
}
