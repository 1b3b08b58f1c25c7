import type { Clock } from '../../base/clock.ts';
import { Timers } from '../../base/timers.ts';
import type { OwnershipLoss } from '../ports.ts';

const ASK_AGAIN_MS = 250;
/** What a Logout may take before the engine closes its socket by itself, whatever LogoutAckThreshold says. */
const LOGOUT_BEFORE_MS = 2_000;
/** An engine that is wedged closes no socket: it ends with its process. */
const KILL_BEFORE_MS = 200;

export interface WatchedOwnership {
  /** Proves ownership again if it can; the answer is told to the watch. */
  prove(): void;
  /** Nobody has proven it in time, and another console may take the LP over: the session must end before it can. */
  fence(): void;
  /** The lease is about to end: nothing may be left of the session. */
  cut(): void;
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

  lost({ rivals, leaseLeftMs }: OwnershipLoss): void {
    this.#watched.prove();
    if (!rivals) return;
    this.#fence.clear();
    this.#fence.after(Math.max(0, leaseLeftMs - LOGOUT_BEFORE_MS), () => this.#watched.fence());
    this.#fence.after(Math.max(0, leaseLeftMs - KILL_BEFORE_MS), () => this.#watched.cut());
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
