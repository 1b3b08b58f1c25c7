/** Runs tasks one after the other. A task that fails does not keep the next from running. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  /** @returns what the task returns; rejects as the task does */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

/** One serial queue for each key, which goes when it is empty. */
export class KeyedQueues {
  readonly #queues = new Map<string, { readonly queue: SerialQueue; waiting: number }>();

  /** @returns as `SerialQueue.run` */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const entry = this.#queues.get(key) ?? { queue: new SerialQueue(), waiting: 0 };
    this.#queues.set(key, entry);
    entry.waiting += 1;
    return entry.queue.run(task).finally(() => {
      entry.waiting -= 1;
      if (entry.waiting === 0) this.#queues.delete(key);
    });
  }
}
