/** What waits, by whoever asked: each has its turn after every other who waits, however much one of them asks for. */
export class FairQueue<T> {
  readonly #waiting = new Map<object, T[]>();
  readonly #most: { readonly each: number; readonly all: number };
  #count = 0;

  /** @param most what may wait: of one who asks, and in all */
  constructor(most: { readonly each: number; readonly all: number }) {
    this.#most = most;
  }

  /** False when too much waits already. */
  add(asker: object, item: T): boolean {
    const own = this.#waiting.get(asker) ?? [];
    if (own.length >= this.#most.each || this.#count >= this.#most.all) return false;
    own.push(item);
    this.#waiting.set(asker, own);
    this.#count += 1;
    return true;
  }

  /** Null when nothing waits. */
  take(): T | null {
    const next = this.#waiting.entries().next();
    if (next.done === true) return null;
    const [asker, own] = next.value;
    // Behind all others, or away: the map has them in the order in which they were put in.
    this.#waiting.delete(asker);
    const item = own.shift() ?? null;
    if (own.length > 0) this.#waiting.set(asker, own);
    this.#count -= 1;
    return item;
  }
}
