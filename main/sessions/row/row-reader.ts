import type { LpRecord } from '../../contracts/lp-record.ts';
import type { LpStore } from '../ports.ts';

/** What one read of the table found: one row (null: there is none), or all of them. */
export type Rows =
  | { readonly all: true; readonly records: readonly LpRecord[] }
  | { readonly all: false; readonly provider: string; readonly record: LpRecord | null };

interface Asked {
  readonly provider: string | null;
  readonly done: (read: boolean) => void;
}

/**
 * Reads the table one read at a time, so that an older row never comes after a newer one, and a storm of notices is a few reads.
 * Reads are numbered: what began before a write of this console is out of date.
 */
export class RowReader {
  readonly #store: LpStore;
  readonly #take: (rows: Rows, read: number) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #asked: Asked[] = [];
  #reads = 0;
  #reading = false;
  #closed = false;

  constructor(store: LpStore, take: (rows: Rows, read: number) => Promise<void>, onError: (error: unknown) => void) {
    this.#store = store;
    this.#take = take;
    this.#onError = onError;
  }

  /** Number of the read that began last. */
  get last(): number {
    return this.#reads;
  }

  /**
   * Reads one row, or all (null), after whatever is being read now.
   *
   * @returns resolves when what was read has been acted on: true; or could not be read: false. Never rejects.
   */
  read(provider: string | null): Promise<boolean> {
    return new Promise((resolve) => {
      this.#asked.push({ provider, done: resolve });
      void this.#run();
    });
  }

  /** What is being read is not acted on any more. */
  close(): void {
    this.#closed = true;
  }

  async #run(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    for (let asked = this.#asked; asked.length > 0; asked = this.#asked) {
      this.#asked = [];
      const finish = (read: boolean): void => {
        for (const { done } of asked) done(read);
      };
      this.#reads += 1;
      const read = this.#reads;
      try {
        const rows = await this.#rows(new Set(asked.map(({ provider }) => provider)));
        if (this.#closed) finish(false);
        // Not awaited: acting on a row may take as long as a Logout, and the next row must not wait for it.
        else
          void this.#take(rows, read)
            .catch(this.#onError)
            .then(() => finish(true));
      } catch (error) {
        this.#onError(error);
        finish(false);
      }
    }
    this.#reading = false;
  }

  async #rows(providers: ReadonlySet<string | null>): Promise<Rows> {
    const [provider = null] = providers;
    if (providers.size > 1 || provider === null) return { all: true, records: await this.#store.list() };
    return { all: false, provider, record: await this.#store.get(provider) };
  }
}
