import { MSG_TYPE } from '../../codec/msg-type.ts';
import type { SessionContext, State } from '../context.ts';
import type { Disconnect } from '../disconnect.ts';
import { onMessageInSession } from '../in-session.ts';
import type { Instant } from '../instant.ts';
import { close } from './closed.ts';

/** The peer logged out and has our answer; it closes the transport, perhaps after resending what we missed (scenario 13 b). */
export class AwaitingDisconnect implements State {
  readonly name = 'awaiting-disconnect';
  readonly leaving: Disconnect;
  readonly #deadlineMs: number;

  constructor(reason: Disconnect, deadlineMs: number) {
    this.leaving = reason;
    this.#deadlineMs = deadlineMs;
  }

  onMessage(context: SessionContext, now: Instant): void {
    const { view } = context;
    if (view.msgTypeCode !== MSG_TYPE.Logout || view.possDup) onMessageInSession(context, now);
    // A second Logout is no new request; one that is next in line still counts.
    else if (view.msgSeqNum === context.nextIn) context.advanceTo(view.msgSeqNum + 1, now);
  }

  onLogout(): void {
    // Answered already.
  }

  deadlineMs(): number {
    return this.#deadlineMs;
  }

  onDeadline(context: SessionContext): void {
    close(context, this.leaving);
  }

  onTransportClosed(): { readonly reason: Disconnect; readonly asked: false } {
    return { reason: this.leaving, asked: false };
  }
}
