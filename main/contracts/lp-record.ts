import type { DisconnectReason } from './disconnect-reason.ts';
import type { ConfigProblem, LpConfig } from './lp-config.ts';

/** `status` of `"vfx_LPProviderConfig"`: 0 inactive, 1 active (logged on), 2 error. Routing reads it. */
export type LpStatus = 0 | 1 | 2;

/** What people want of an LP, as opposed to what it is doing. */
export type Desired = 'active' | 'inactive';

/** A kill that has not been re-armed. */
export interface KillLatch {
  readonly incidentId: string;
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
}

/** One row of `"vfx_LPProviderConfig"` as read: valid, or with what is wrong with it. */
export interface LpRecord {
  readonly provider: string;
  /** Of this row: one that is deleted and made again has another. Null: not known. */
  readonly rowId: string | null;
  readonly config:
    | { readonly valid: true; readonly value: LpConfig }
    | { readonly valid: false; readonly problems: readonly ConfigProblem[] };
  readonly desired: Desired;
  readonly killed: KillLatch | null;
  /** Incidents whose latches were taken off: a console that still has one of them on its disk takes it off, and never writes it again. */
  readonly rearmed: readonly string[];
  readonly status: LpStatus;
  readonly statusReason: DisconnectReason | null;
  readonly statusAtMs: number | null;
  /** Host name of the console that owns the LP, as the row says; null when nobody does or its lease ran out. */
  readonly owner: string | null;
  /** The console that owned the LP last and has not given it up, when its lease has ended and nobody has said that it is gone; else null. */
  readonly silentOwner: SilentOwner | null;
}

/** A console that is not heard of any more. */
export interface SilentOwner {
  readonly name: string;
  /** When its lease ended. */
  readonly sinceMs: number;
}

/** A silent console of which a person has said that it is gone, and the LPs that it owned. */
export interface ConfirmedGone {
  readonly console: string;
  readonly lps: readonly string[];
}

/** A change of status, written together with the event that announces it. */
export interface StatusChange {
  /** UUID; also the NATS message id. */
  readonly eventId: string;
  readonly provider: string;
  readonly from: LpStatus;
  readonly to: LpStatus;
  readonly reason: DisconnectReason | null;
  /** Next expected inbound and next outbound MsgSeqNum, where known. */
  readonly nextIn: number | null;
  readonly nextOut: number | null;
  /** Connection attempt since the last stable Logon; 0 when logged on. */
  readonly attempt: number;
  readonly atMs: number;
  /** Host name of the console that saw it. */
  readonly consoleHost: string;
}

/** What a kill writes to the row of an LP, which is to be inactive from then on. */
export interface KilledRow {
  readonly provider: string;
  readonly latch: KillLatch;
  /** To 0; null when the status is 0 already. */
  readonly change: StatusChange | null;
}
