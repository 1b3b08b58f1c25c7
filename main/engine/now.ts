/** One reading of both clocks: the wall clock in epoch ms with microseconds behind the point, the monotonic clock in ms. */
export interface Instant {
  wallMs: number;
  monoMs: number;
}

/** The wall clock may be this far from the anchored monotonic clock before it is anchored anew (NTP slews, an operator sets it). */
const MAX_DRIFT_MS = 1.5;

/** Reads the clocks. The wall clock itself has ms only: microseconds come from the monotonic clock, anchored to it. */
export class Clocks {
  /** The same object every time: no allocation per socket read. */
  readonly instant: Instant = { wallMs: 0, monoMs: 0 };
  #anchor = Number.NaN;

  read(): Instant {
    const monoMs = performance.now();
    const wallMs = Date.now();
    const drift = this.#anchor + monoMs - wallMs;
    // NaN at first: not within, so anchored.
    if (!(drift > -MAX_DRIFT_MS && drift < 1 + MAX_DRIFT_MS)) this.#anchor = wallMs - monoMs;
    this.instant.monoMs = monoMs;
    this.instant.wallMs = this.#anchor + monoMs;
    return this.instant;
  }
}
