import type { Clock } from '../../base/clock.ts';
import { Timers } from '../../base/timers.ts';
import type { OwnershipLoss } from '../ports.ts';

const ASK_AGAIN_MS = 250;
/** Beyond LogoutAckThreshold, what an orderly end may take. */
const BEFORE_LEASE_END_MS = 1_000;

export interface WatchedOwnership {
  /** Proves ownership again if it can; the answer is told to the watch. */
  prove(): void;
  /** Nobody has proven it in time, and another console may take the LP over: the session must end before it can. */
  fence(): void;
}

/**
 * What is to be done about one LP while it cannot be proven to be ours: asking again, and ending its session before the lease ends
 * where there is another console that may take it. Where there is none, the session stays on.
 */
export class OwnershipWatch {
  readonly #watched: WatchedOwnership;
  readonly #asking: Timers;
  readonly #fence: Timers;

  constructor(clock: Clock, watched: WatchedOwnership) {
    this.#watched = watched;
    this.#asking = new Timers(clock);
    this.#fence = new Timers(clock);
  }

  /** @param logoutAckMs LogoutAckThreshold of the session that is on; null when there is none */
  lost({ rivals, leaseLeftMs }: OwnershipLoss, logoutAckMs: number | null): void {
    this.#watched.prove();
    if (logoutAckMs === null || !rivals) return;
    this.#fence.clear();
    const ms = Math.max(0, leaseLeftMs - logoutAckMs - BEFORE_LEASE_END_MS);
    this.#fence.after(ms, () => this.#watched.fence());
  }

  /** The database could not be asked. */
  notAnswered(): void {
    this.#asking.clear();
    this.#asking.after(ASK_AGAIN_MS, () => this.#watched.prove());
  }

  /** It is proven, or there is nothing any more to be proven. */
  close(): void {
    this.#asking.clear();
    this.#fence.clear();
  }
}
