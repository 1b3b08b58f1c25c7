import { Emitter } from '../../main/base/emitter.ts';

/** The one timer of the screen: all ages and countdowns move together, four times a second. */
export interface Ticker {
  /** Local clock, epoch ms, as of the last tick: equal for everything drawn between two ticks. */
  nowMs(): number;
  /** Returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  stop(): void;
}

const TICK_MS = 250;

/** Starts ticking at once. `readMs` tells the local time, epoch ms. */
export function createTicker(readMs: () => number = Date.now): Ticker {
  const ticks = new Emitter<void>();
  let now = readMs();
  const timer = setInterval(() => {
    now = readMs();
    ticks.emit();
  }, TICK_MS);
  return {
    nowMs: () => now,
    subscribe: ticks.on,
    stop: () => clearInterval(timer),
  };
}
