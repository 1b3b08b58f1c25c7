/** Time as an argument: everything that waits or tells the time is handed one of these; tests hand in a fake. */
export interface Clock {
  /** Wall clock, epoch ms. */
  nowMs(): number;
  /** Calls back once after `ms`; returns the function that cancels. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
