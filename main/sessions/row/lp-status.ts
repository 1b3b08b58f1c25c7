import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { boundTexts } from '../../contracts/bounded.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { LpStatus, StatusChange } from '../../contracts/lp-record.ts';

export interface StatusNumbers {
  readonly nextIn: number | null;
  readonly nextOut: number | null;
  readonly attempt: number;
}

/** The `status` of one LP as routing is to see it, and its reason. */
export class LpStatusCell {
  readonly #provider: string;
  readonly #clock: Clock;
  readonly #consoleHost: string;
  #status: LpStatus = 0;
  #reason: DisconnectReason | null = null;
  #atMs: number | null = null;

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
    this.#reason = boundTexts(reason);
    this.#atMs = atMs;
  }

  /** @returns the change, to be written; null when it is no change */
  set(to: LpStatus, why: DisconnectReason | null, numbers: StatusNumbers): StatusChange | null {
    const reason = boundTexts(why);
    if (to === this.#status && sameReason(reason, this.#reason)) return null;
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
    return change;
  }
}

const sameReason = (a: DisconnectReason | null, b: DisconnectReason | null): boolean =>
  a?.code === b?.code && a?.peerText === b?.peerText && a?.detail === b?.detail;
