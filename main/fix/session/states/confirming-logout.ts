import type { SessionContext, State } from '../context.ts';
import type { Disconnect } from '../disconnect.ts';
import { onMessageInSession } from '../in-session.ts';
import type { Instant } from '../instant.ts';
import { AwaitingDisconnect } from './awaiting-disconnect.ts';

/** The peer of an unsolicited Logout closes the transport; when it has not this long after our answer, we do (scenario 13 b). */
const PEER_CLOSES_MS = 10_000;

/**
 * The peer logged out with a number too high, and is asked for what is missing before it. Our answer would end the connection: it waits
 * until the gap is filled, at most LogoutAckThreshold (scenario 2 b).
 */
export class ConfirmingLogout implements State {
  readonly name = 'confirming-logout';
  readonly leaving: Disconnect;
  readonly #deadlineMs: number;

  constructor(reason: Disconnect, deadlineMs: number) {
    this.leaving = reason;
    this.#deadlineMs = deadlineMs;
  }

  onMessage(context: SessionContext, now: Instant): void {
    onMessageInSession(context, now);
  }

  onLogout(context: SessionContext, now: Instant, fault: string | null): void {
    const { view } = context;
    if (fault === null && view.msgSeqNum > context.nextIn) context.held.hold(view.msgSeqNum, view.buffer, view.start, view.end);
    else confirmLogout(context, this.leaving, fault, now);
  }

  deadlineMs(): number {
    return this.#deadlineMs;
  }

  onDeadline(context: SessionContext, now: Instant): void {
    const text = `The peer logged out and did not resend what is missing from MsgSeqNum ${context.nextIn} in time`;
    context.noteState('Logout', 'attention', text);
    confirmLogout(context, this.leaving, null, now);
  }

  onTransportClosed(): { readonly reason: Disconnect; readonly asked: false } {
    return { reason: this.leaving, asked: false };
  }
}

/** Answers the peer's Logout. @param text for its 58 */
export function confirmLogout(context: SessionContext, reason: Disconnect, text: string | null, now: Instant): void {
  context.sendLogout(text, now);
  context.setState(new AwaitingDisconnect(reason, now.monoMs + PEER_CLOSES_MS));
}
