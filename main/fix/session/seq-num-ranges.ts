/** A peer that asks for every other number must not grow this without end. */
const MAX_RANGES = 1024;

interface Range {
  from: number;
  readonly to: number;
}

/** Sets of MsgSeqNums as runs, in order and apart from each other: what is added twice is in it once. */
export class SeqNumRanges {
  #ranges: Range[] = [];

  /** The lowest run; undefined when there is none. */
  get first(): Readonly<Range> | undefined {
    return this.#ranges[0];
  }

  get empty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Adds from … to; more than 1024 runs become fewer by taking in the numbers between the two nearest. */
  add(from: number, to: number): void {
    const below = this.#ranges.filter((range) => range.to < from - 1);
    const above = this.#ranges.filter((range) => range.from > to + 1);
    const touched = this.#ranges.slice(below.length, this.#ranges.length - above.length);
    const joined = { from: Math.min(from, touched[0]?.from ?? from), to: Math.max(to, touched.at(-1)?.to ?? to) };
    this.#ranges = [...below, joined, ...above];
    if (this.#ranges.length > MAX_RANGES) this.#joinNearest();
  }

  /** Takes out all numbers below this one. */
  dropBelow(seqNum: number): void {
    while (this.#ranges[0] !== undefined && this.#ranges[0].to < seqNum) this.#ranges.shift();
    const [first] = this.#ranges;
    if (first !== undefined) first.from = Math.max(first.from, seqNum);
  }

  clear(): void {
    this.#ranges = [];
  }

  #joinNearest(): void {
    let at = 1;
    for (let n = 1; n < this.#ranges.length; n += 1) if (this.#gapBefore(n) < this.#gapBefore(at)) at = n;
    const [lower, upper] = this.#ranges.slice(at - 1, at + 1);
    if (lower !== undefined && upper !== undefined) this.#ranges.splice(at - 1, 2, { from: lower.from, to: upper.to });
  }

  #gapBefore(n: number): number {
    return (this.#ranges[n]?.from ?? 0) - (this.#ranges[n - 1]?.to ?? 0);
  }
}
