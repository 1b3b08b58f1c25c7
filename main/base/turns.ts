import { FairQueue } from './fair-queue.ts';

/** What may wait for its turn; in all so much that those who may connect cannot fill it. */
const MOST = { each: 64, all: 65_536 };

/**
 * One piece of work begins in each turn of the event loop, of each who asks one after the other: however much is asked for in one packet, what
 * else the process has to do, to answer engines above all, waits for one piece at most, and nobody for all that another has asked.
 */
export class Turns {
  readonly #queue = new FairQueue<() => void>(MOST);
  #running = false;

  /** Resolves when it is the asker's turn: true; or at once, when too much waits already: false. */
  take(asker: object): Promise<boolean> {
    return new Promise((resolve) => {
      if (!this.#queue.add(asker, () => resolve(true))) {
        resolve(false);
        return;
      }
      if (this.#running) return;
      this.#running = true;
      setImmediate(this.#next);
    });
  }

  readonly #next = (): void => {
    const begin = this.#queue.take();
    this.#running = begin !== null;
    if (begin === null) return;
    begin();
    setImmediate(this.#next);
  };
}
