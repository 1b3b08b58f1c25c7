const SECONDS = 60;

/** Messages a second over the last minute, one value a second, oldest first. */
export class Sparkline {
  readonly #values: number[] = [];
  #second = 0;

  add(nowMs: number, perSecond: number): void {
    const second = Math.floor(nowMs / 1_000);
    if (second === this.#second && this.#values.length > 0) {
      this.#values[this.#values.length - 1] = perSecond;
      return;
    }
    // Seconds in which the engine had nothing to report were quiet, not missing.
    const quiet = this.#values.length === 0 ? 0 : Math.min(second - this.#second - 1, SECONDS);
    for (let i = 0; i < quiet; i += 1) this.#values.push(0);
    this.#values.push(perSecond);
    if (this.#values.length > SECONDS) this.#values.splice(0, this.#values.length - SECONDS);
    this.#second = second;
  }

  values(): readonly number[] {
    return this.#values.slice();
  }
}
