import { describeReason, REASONS } from '../contracts/disconnect-reason.ts';
import { LP_STATUS_SUBJECT, type LpStatusEvent } from '../contracts/events.ts';
import type { KilledRow, StatusChange } from '../contracts/lp-record.ts';

/** Whether a change is told: a new reason for the same status is no change of status. */
export const isChange = (change: StatusChange): boolean => change.from !== change.to;

/** What is told of a change of status. */
export function toEvent(change: StatusChange): LpStatusEvent {
  const { reason } = change;
  return {
    version: 1,
    eventId: change.eventId,
    provider: change.provider,
    oldStatus: change.from,
    newStatus: change.to,
    reason: reason === null ? null : { code: reason.code, layer: REASONS[reason.code].layer, text: describeReason(reason) },
    nextInSeqNum: change.nextIn,
    nextOutSeqNum: change.nextOut,
    attempt: change.attempt,
    time: new Date(change.atMs).toISOString(),
    host: change.consoleHost,
  };
}

/** One LP of a kill, as vfxlp_kill takes it. @param events whether changes are told */
export function killedLp({ provider, latch, change }: KilledRow, events: boolean): object {
  return {
    lp: provider,
    incident: latch.incidentId,
    killed_by: latch.by,
    why: latch.reason,
    killed_at: new Date(latch.atMs),
    reason: change?.reason ?? null,
    at: change === null ? null : new Date(change.atMs),
    next_in: change?.nextIn ?? null,
    next_out: change?.nextOut ?? null,
    event_id: change?.eventId ?? null,
    subject: LP_STATUS_SUBJECT,
    event: change !== null && events && isChange(change) ? toEvent(change) : null,
  };
}
