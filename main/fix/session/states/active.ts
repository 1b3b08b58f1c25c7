import type { SessionContext, State } from '../context.ts';
import { type Disconnect, fromPeer } from '../disconnect.ts';
import { onMessageInSession } from '../in-session.ts';
import type { Instant } from '../instant.ts';
import { askForGap, foundGap } from '../resend-requests.ts';
import { close } from './closed.ts';
import { ConfirmingLogout, confirmLogout } from './confirming-logout.ts';
import { expel } from './expelling.ts';

/** Logged on. An open gap (context.gap) is part of it: messages go both ways while it is being filled. */
export class Active implements State {
  readonly name = 'active';
  /** Monotonic ms at which the answer to a TestRequest for silence is overdue; 0 when none is out. */
  #answerDueMs = 0;

  /** Whether our TestRequest for silence is unanswered. */
  get silent(): boolean {
    return this.#answerDueMs !== 0;
  }

  onMessage(context: SessionContext, now: Instant): void {
    this.#answerDueMs = 0;
    onMessageInSession(context, now);
  }

  onLogout(context: SessionContext, now: Instant, fault: string | null): void {
    const { view, secrets } = context;
    const text = secrets.textOf(view);
    context.noteIn('Logout', 'attention', text === null ? 'The peer logs out' : `The peer logs out: ${text}`);
    const said = fromPeer('peer-logout', text);
    const reason: Disconnect = said.peerExpects === undefined ? said : { ...said, code: 'sequence-repair' };
    if (fault !== null || view.msgSeqNum <= context.nextIn) {
      confirmLogout(context, reason, fault, now);
      return;
    }
    if (!context.gap.open) foundGap(context, now);
    context.held.hold(view.msgSeqNum, view.buffer, view.start, view.end);
    context.setState(new ConfirmingLogout(reason, now.monoMs + context.settings.logoutAckMs));
  }

  deadlineMs(context: SessionContext): number {
    const heartbeatDue = context.outbound.lastSentMs + context.heartbeatMs;
    const silenceDue = this.#answerDueMs === 0 ? context.lastReceivedMs + context.silenceMs : this.#answerDueMs;
    return Math.min(heartbeatDue, silenceDue, context.gap.deadlineMs, context.resends.stallMs);
  }

  onDeadline(context: SessionContext, now: Instant): void {
    if (this.#answerDueMs !== 0 && now.monoMs >= this.#answerDueMs) {
      const silence = ((now.monoMs - context.lastReceivedMs) / 1000).toFixed(1);
      context.noteState('TestRequest', 'alarm', `No answer to our TestRequest: nothing received for ${silence} s`);
      close(context, { code: 'heartbeat-timeout', detail: `nothing received for ${silence} s` });
      return;
    }
    if (now.monoMs >= context.resends.stallMs) {
      context.noteState('ResendRequest', 'alarm', 'The peer has read nothing of what it asked for again, for 2 minutes');
      close(context, { code: 'slow-consumer', detail: 'a resend that it asked for waits' });
      return;
    }
    if (this.#answerDueMs === 0 && now.monoMs >= context.lastReceivedMs + context.silenceMs) {
      context.sendTestRequest(now);
      this.#answerDueMs = now.monoMs + context.silenceMs;
    }
    if (now.monoMs >= context.gap.deadlineMs) {
      if (context.gap.stalled(now.monoMs)) {
        const { from, to } = context.gap;
        expel(
          context,
          { code: 'resend-stalled', detail: `${from}–${to}` },
          `Messages ${context.nextIn} to ${to} are missing and not resent`,
          now,
        );
        return;
      }
      askForGap(context, now);
    }
    if (now.monoMs >= context.outbound.lastSentMs + context.heartbeatMs) {
      context.outbound.begin('0', now);
      const seqNum = context.outbound.commitAdmin(now);
      context.noteOut('Heartbeat', 'info', 'Heartbeat', seqNum);
    }
  }

  onTransportClosed(): { readonly reason: null; readonly asked: false } {
    return { reason: null, asked: false };
  }
}
