import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../base/clock.ts';
import type { Health } from '../contracts/lp-view.ts';

const LOOK_EVERY_MS = 5_000;
const KEPT = 12;
const RESOLUTION_MS = 20;
/** Clicks, kills and the pings of engines have waited for this long. */
const HELD_UP_MS = 1_000;

/** How long the console's own event loop kept others waiting: what happened in the last minute, because during it nobody can ask. */
export class LoopLag {
  readonly #clock: Clock;
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  /** The longest of each look, ms, newest first. */
  #longest: readonly number[] = [];
  #health: Health['console'];
  #cancel: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#health = { state: 'ok', text: 'not looked at yet', sinceMs: clock.nowMs(), lagMs: 0 };
    this.#histogram.enable();
    this.#lookLater();
  }

  health(): Health['console'] {
    return this.#health;
  }

  close(): void {
    this.#cancel();
    this.#histogram.disable();
  }

  #lookLater(): void {
    this.#cancel = this.#clock.after(LOOK_EVERY_MS, () => {
      const longest = Math.max(0, this.#histogram.max / 1e6 - RESOLUTION_MS);
      this.#histogram.reset();
      this.#longest = [longest, ...this.#longest].slice(0, KEPT);
      const lagMs = Math.round(Math.max(...this.#longest));
      const state = lagMs < HELD_UP_MS ? 'ok' : 'degraded';
      const sinceMs = state === this.#health.state ? this.#health.sinceMs : this.#clock.nowMs();
      const text = `The console's process was held up for ${lagMs} ms at most in the last minute`;
      this.#health = { state, text, sinceMs, lagMs };
      this.#lookLater();
    });
  }
}
