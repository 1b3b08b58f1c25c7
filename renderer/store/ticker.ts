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
  const listeners = new Set<() => void>();
  let now = readMs();
  const timer = setInterval(() => {
    now = readMs();
    for (const listener of listeners) listener();
  }, TICK_MS);
  return {
    nowMs: () => now,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    stop: () => clearInterval(timer),
  };
}
