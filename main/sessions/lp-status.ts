import { randomUUID } from 'node:crypto';
import type { Clock } from '../contracts/clock.ts';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { LpStatus, StatusChange } from '../contracts/lp-record.ts';
import type { DatabaseQueue } from './database-queue.ts';
import type { LpStore } from './ports.ts';

export interface StatusNumbers {
  readonly nextIn: number | null;
  readonly nextOut: number | null;
  readonly attempt: number;
}

export interface WrittenStatus {
  readonly eventId: string;
  /** Resolves when the change is committed; it is repeated until it is. */
  readonly committed: Promise<void>;
}

/** The `status` of one LP as routing sees it, and its reason. Changes are written in order, with their event. */
export class LpStatusCell {
  readonly #provider: string;
  readonly #clock: Clock;
  readonly #store: LpStore;
  readonly #queue: DatabaseQueue;
  readonly #consoleHost: string;
  #status: LpStatus = 0;
  #reason: DisconnectReason | null = null;
  #atMs: number | null = null;
  #last: WrittenStatus = { eventId: '', committed: Promise.resolve() };

  constructor(provider: string, clock: Clock, store: LpStore, queue: DatabaseQueue, consoleHost: string) {
    this.#provider = provider;
    this.#clock = clock;
    this.#store = store;
    this.#queue = queue;
    this.#consoleHost = consoleHost;
  }

  get value(): LpStatus {
    return this.#status;
  }
  get reason(): DisconnectReason | null {
    return this.#reason;
  }
  get atMs(): number | null {
    return this.#atMs;
  }

  /** What the database says, for an LP on which this console has not acted. */
  adopt(status: LpStatus, reason: DisconnectReason | null, atMs: number | null): void {
    this.#status = status;
    this.#reason = reason;
    this.#atMs = atMs;
  }

  set(to: LpStatus, reason: DisconnectReason | null, numbers: StatusNumbers): WrittenStatus {
    if (to === this.#status && sameReason(reason, this.#reason)) return this.#last;
    const atMs = this.#clock.nowMs();
    const change: StatusChange = {
      eventId: randomUUID(),
      provider: this.#provider,
      from: this.#status,
      to,
      reason,
      ...numbers,
      atMs,
      consoleHost: this.#consoleHost,
    };
    this.#status = to;
    this.#reason = reason;
    this.#atMs = atMs;
    this.#last = { eventId: change.eventId, committed: this.#queue.enqueue(() => this.#store.writeStatus(change)) };
    return this.#last;
  }
}

const sameReason = (a: DisconnectReason | null, b: DisconnectReason | null): boolean =>
  a?.code === b?.code && a?.peerText === b?.peerText && a?.detail === b?.detail;
