import type { KilledRow } from '../../contracts/lp-record.ts';
import type { LpStore } from '../ports.ts';

interface Asked {
  readonly row: KilledRow;
  readonly resolve: (written: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers what kills that begin in the same turn have to write, and writes it in one statement: a kill of fifty LPs is one round trip. */
export class KillBatch {
  readonly #store: LpStore;
  #asked: Asked[] = [];

  constructor(store: LpStore) {
    this.#store = store;
  }

  /** @returns false when this row must be written by itself. Rejects when nothing could be written. */
  write(row: KilledRow): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) queueMicrotask(() => void this.#flush());
      this.#asked.push({ row, resolve, reject });
    });
  }

  async #flush(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    try {
      const written = new Set(await this.#store.kill(asked.map(({ row }) => row)));
      for (const { row, resolve } of asked) resolve(written.has(row.provider));
    } catch (error) {
      // One row that the database refuses must not keep the others from being written.
      for (const { resolve, reject } of asked)
        if (asked.length > 1) resolve(false);
        else reject(error);
    }
  }
}
