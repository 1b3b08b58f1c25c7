import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { LpStatus, StatusChange } from '../../contracts/lp-record.ts';

export interface StatusNumbers {
  readonly nextIn: number | null;
  readonly nextOut: number | null;
  readonly attempt: number;
}

export interface WrittenStatus {
  /** Null when only the reason changed: that is no event. */
  readonly eventId: string | null;
  /** Resolves when the change is committed; it is repeated until it is. */
  readonly committed: Promise<void>;
}

/** Puts a change in line for the database. @returns resolves when it is committed */
export type StatusWriter = (change: StatusChange) => Promise<void>;

/** The `status` of one LP as routing sees it, and its reason. Changes are written in order, with their event. */
export class LpStatusCell {
  readonly #provider: string;
  readonly #clock: Clock;
  readonly #consoleHost: string;
  #status: LpStatus = 0;
  #reason: DisconnectReason | null = null;
  #atMs: number | null = null;
  #last: WrittenStatus | null = null;

  constructor(provider: string, clock: Clock, consoleHost: string) {
    this.#provider = provider;
    this.#clock = clock;
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

  /** What the database says, for an LP on which this console has nothing to write. */
  adopt(status: LpStatus, reason: DisconnectReason | null, atMs: number | null): void {
    this.#status = status;
    this.#reason = reason;
    this.#atMs = atMs;
    this.#last = null;
  }

  /** @returns the change; null when that is what the database says already */
  set(to: LpStatus, reason: DisconnectReason | null, numbers: StatusNumbers, write: StatusWriter): WrittenStatus | null {
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
    this.#last = { eventId: change.from === to ? null : change.eventId, committed: write(change) };
    return this.#last;
  }
}

const sameReason = (a: DisconnectReason | null, b: DisconnectReason | null): boolean =>
  a?.code === b?.code && a?.peerText === b?.peerText && a?.detail === b?.detail;
