/** One reading of both clocks, handed in with every call; the session keeps no reference to it. */
export interface Instant {
  /** Wall clock, epoch ms; a fraction is allowed. For SendingTime(52) and its checks. */
  readonly wallMs: number;
  /** Monotonic clock, ms. For deadlines. */
  readonly monoMs: number;
}
