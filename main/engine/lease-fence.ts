import { monotonicMs } from '../base/monotonic.ts';

/** An LP that answers does so within this time; then the engine ends, and the rest is for a machine that is slow. */
const LOGOUT_BEFORE_MS = 1_500;
const STOP_BEFORE_MS = 400;

export interface Fenced {
  /** Logs out, and ends. */
  logOut(): void;
  /** Ends, whatever has become of the Logout. */
  stop(): void;
}

/**
 * Ends session and engine before another console can take the LP, whether or not the console that runs this engine still works: one that is
 * frozen tells nothing.
 */
export class LeaseFence {
  readonly #fenced: Fenced;
  #untilMs: number | null = null;
  #timers: NodeJS.Timeout[] = [];

  constructor(fenced: Fenced) {
    this.#fenced = fenced;
  }

  /** Whether a session may begin. */
  get open(): boolean {
    return this.#untilMs === null || monotonicMs() < this.#untilMs - LOGOUT_BEFORE_MS;
  }

  /** @param untilMs by monotonicMs(); null: nobody can take the LP */
  until(untilMs: number | null): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#untilMs = untilMs;
    if (untilMs === null) return;
    const leftMs = untilMs - monotonicMs();
    this.#timers = [
      setTimeout(() => this.#fenced.logOut(), Math.max(0, leftMs - LOGOUT_BEFORE_MS)).unref(),
      setTimeout(() => this.#fenced.stop(), Math.max(0, leftMs - STOP_BEFORE_MS)).unref(),
    ];
  }
}
