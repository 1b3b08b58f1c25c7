/** Bytes of `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
export const STAMP_BYTES = 27;

/** The time stamp of FIX log lines in microseconds; the calendar part is computed once per second, the rest once per call. */
export class UtcStamp {
  readonly bytes = Buffer.alloc(STAMP_BYTES);
  #second = -1;
  #micros = -1;

  /**
   * @param wallMs epoch ms, with a fraction
   */
  set(wallMs: number): void {
    const micros = Math.floor(wallMs * 1000);
    if (micros === this.#micros) return;
    this.#micros = micros;
    const second = Math.floor(micros / 1_000_000);
    if (second !== this.#second) {
      this.#second = second;
      this.bytes.write(`${new Date(second * 1000).toISOString().slice(0, 19)}.000000Z`, 'latin1');
    }
    let rest = micros - second * 1_000_000;
    for (let at = 25; at >= 20; at -= 1) {
      const tens = Math.floor(rest / 10);
      this.bytes[at] = 48 + rest - tens * 10;
      rest = tens;
    }
  }

  /** Days since the epoch, UTC. */
  get day(): number {
    return Math.floor(this.#second / 86_400);
  }
}
