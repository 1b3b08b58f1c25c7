import type { Layer, ReasonCode } from './disconnect-reason.ts';
import type { LpStatus } from './lp-record.ts';

export const LP_STATUS_SUBJECT = 'vfxlp.events.lpstatus';

/** Payload of `vfxlp.events.lpstatus`, JSON in UTF-8; documented in docs/lpstatus-event.md. Fields are added, never changed, within a version. */
export interface LpStatusEvent {
  readonly version: 1;
  /** UUID: consumers drop an id that they have seen (delivery is at least once). */
  readonly eventId: string;
  readonly provider: string;
  readonly oldStatus: LpStatus;
  readonly newStatus: LpStatus;
  readonly reason: { readonly code: ReasonCode; readonly layer: Layer; readonly text: string } | null;
  readonly nextInSeqNum: number | null;
  readonly nextOutSeqNum: number | null;
  readonly attempt: number;
  /** UTC, ISO 8601 with milliseconds. */
  readonly time: string;
  /** Host name of the console. */
  readonly host: string;
}
