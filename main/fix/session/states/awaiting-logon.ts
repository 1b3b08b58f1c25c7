import { MSG_TYPE } from '../../codec/msg-type.ts';
import { headerFault, isSeenBefore } from '../checks.ts';
import type { SessionContext, State } from '../context.ts';
import { type Disconnect, fromPeer } from '../disconnect.ts';
import type { Instant } from '../instant.ts';
import { logonFault } from '../logon.ts';
import { answerExpectsTooMuch, resendAsExpected } from '../next-expected.ts';
import { isReject, rejectEvent } from '../rejects.ts';
import { awaitGap, foundGap } from '../resend-requests.ts';
import { Active } from './active.ts';
import { close } from './closed.ts';

/** Our Logon is out; the first message back decides (scenario 1B c–e). */
export class AwaitingLogon implements State {
  readonly name = 'awaiting-logon';
  readonly #deadlineMs: number;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  onMessage(context: SessionContext, now: Instant): void {
    const { view } = context;
    const type = view.msgTypeCode;
    // Of an earlier connection: neither an answer to our Logon nor a reset.
    if (isSeenBefore(context))
      context.noteIn('Logon', 'attention', `PossDup of MsgSeqNum ${view.msgSeqNum} before the Logon, ignored`);
    else if (type === MSG_TYPE.Logon) this.#onLogon(context, now);
    else if (type === MSG_TYPE.Logout || isReject(view)) this.onLogout(context);
    else {
      context.noteIn('Logon', 'alarm', `The first message from the peer is MsgType ${view.string(35) ?? '?'}, not a Logon`);
      close(context, { code: 'logon-not-first', detail: `MsgType ${view.string(35) ?? '?'}` });
    }
  }

  /** Logout, Reject or BusinessMessageReject instead of a Logon, valid or not. */
  onLogout(context: SessionContext): void {
    const { view } = context;
    // The refusal used a number of the peer's: counted when it is the next, so that it is no gap at the next Logon.
    if (view.msgSeqNum === context.nextIn) context.nextIn += 1;
    const text = context.secrets.textOf(view);
    const event = view.msgTypeCode === MSG_TYPE.Logout ? 'Logout' : rejectEvent(view);
    context.noteIn(event, 'alarm', `Logon refused with ${event}: ${text ?? 'no text'}`);
    const reason = fromPeer('logon-refused', text);
    close(context, reason.peerExpects === undefined ? reason : { ...reason, code: 'sequence-repair' });
  }

  /** A Logon with a wrong BodyLength or CheckSum: there is no use in waiting for another. */
  onGarbledLogon(context: SessionContext, text: string, now: Instant): void {
    this.#refuse(context, { code: 'logon-invalid', detail: text }, text, now);
  }

  #onLogon(context: SessionContext, now: Instant): void {
    const { view, settings } = context;
    const header = headerFault(context, now);
    if (header !== null) {
      this.#refuse(context, header.disconnect, header.logoutText, now);
      return;
    }
    if (view.msgSeqNum < 0) {
      this.#refuse(
        context,
        { code: 'logon-invalid', detail: 'MsgSeqNum(34) missing' },
        'Required tag missing: MsgSeqNum(34)',
        now,
      );
      return;
    }
    const fault = logonFault(context);
    if (fault !== null) {
      this.#refuse(context, { code: 'logon-invalid', detail: fault }, fault, now);
      return;
    }
    const resets = view.flag(141) && !view.possDup;
    if (context.resetSent && !resets && view.msgSeqNum > 1) {
      const numbers = numbersWithoutReset(context);
      if (settings.resetNotHonoured === 'refuse') {
        const text = `ResetSeqNumFlag(141)=Y was not honoured: MsgSeqNum ${view.msgSeqNum}, expecting ${context.nextIn}`;
        this.#refuse(context, { code: 'reset-not-honoured', detail: numbers }, text, now);
        return;
      }
      context.noteIn('Logon', 'alarm', `The peer did not reset the sequence numbers: ${numbers}`);
    }
    if (resets && !context.resetSent) this.#followReset(context);
    if (view.msgSeqNum < context.nextIn) {
      const detail = `expecting ${context.nextIn} but received ${view.msgSeqNum}`;
      this.#refuse(context, { code: 'sequence-too-low', detail }, `MsgSeqNum too low, ${detail}`, now);
      return;
    }
    const tooHigh = answerExpectsTooMuch(context);
    if (tooHigh !== null) {
      this.#refuse(context, tooHigh, tooHigh.detail, now);
      return;
    }
    this.#accept(context, now);
  }

  /** The peer resets although we did not ask: our Logon counts as our first message, as its Logon counts as its. */
  #followReset(context: SessionContext): void {
    context.noteIn('Logon', 'attention', 'The peer resets both sequence numbers to 1');
    context.resetNumbers();
    context.outbound.nextOut = 2;
    context.port.persistNextOut(2);
  }

  #accept(context: SessionContext, now: Instant): void {
    const { view, settings } = context;
    context.logonAccepted();
    if (context.resetPending && context.resetSent) context.setResetPending(false);
    const early = view.msgSeqNum > context.nextIn;
    if (!early) context.nextIn += 1;
    context.setState(new Active());
    context.noteIn(
      'Logon',
      'info',
      `Logged on${early ? `; the peer is ahead: MsgSeqNum ${view.msgSeqNum}, expected ${context.nextIn}` : ''}`,
    );
    context.port.signal('logged-on');
    resendAsExpected(context, now);
    if (early && settings.sendNextExpected && view.has(789)) awaitGap(context, now);
    else if (early) foundGap(context, now);
    context.resends.pump(now);
  }

  #refuse(context: SessionContext, reason: Disconnect, text: string, now: Instant): void {
    context.noteIn('Logon', 'alarm', `The peer's Logon is not accepted: ${text}`);
    context.resends.abandon(now);
    context.sendLogout(text, now);
    close(context, reason);
  }

  deadlineMs(): number {
    return this.#deadlineMs;
  }

  onDeadline(context: SessionContext): void {
    close(context, { code: 'logon-timeout', detail: `${context.settings.logonTimeoutMs} ms` });
  }

  onTransportClosed(): { readonly reason: null; readonly asked: false } {
    return { reason: null, asked: false };
  }
}

/** What both sides hold after a Logon that answers our 141=Y without one. */
function numbersWithoutReset({ view, nextIn, outbound }: SessionContext): string {
  const expected = view.int(789);
  const theirs = expected === null ? '' : ` and NextExpectedMsgSeqNum(789) ${expected}`;
  return `its Logon has MsgSeqNum ${view.msgSeqNum}${theirs}, expecting ${nextIn}; ours has MsgSeqNum ${outbound.nextOut - 1}`;
}
