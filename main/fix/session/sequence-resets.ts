import { SESSION_REJECT } from '../codec/validate.ts';
import { contentFault } from './checks.ts';
import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';
import { sendLogon } from './logon.ts';
import { sendReject } from './rejects.ts';
import { expel } from './states/expelling.ts';

/** SequenceReset-GapFill that is next (scenario 10 a, e). */
export function onGapFill(context: SessionContext, now: Instant): void {
  const { view, nextIn } = context;
  const newSeqNo = readNewSeqNo(context, now);
  if (newSeqNo === null) {
    context.advanceTo(nextIn + 1, now);
  } else if (newSeqNo > nextIn) {
    context.noteIn('SequenceReset', 'info', `GapFill ${view.msgSeqNum} to ${newSeqNo}`);
    context.advanceTo(newSeqNo, now);
  } else {
    rejectLowering(context, newSeqNo, now);
  }
}

/** SequenceReset-Reset: its own number does not matter (scenario 11). */
export function onReset(context: SessionContext, now: Instant): void {
  const { view, nextIn } = context;
  const rejection = contentFault(context);
  if (rejection !== null) {
    sendReject(context, rejection, now);
    if (view.msgSeqNum === nextIn) context.advanceTo(nextIn + 1, now);
    return;
  }
  const newSeqNo = readNewSeqNo(context, now);
  if (newSeqNo === null) return;
  if (newSeqNo < nextIn) {
    rejectLowering(context, newSeqNo, now);
    return;
  }
  const same = newSeqNo === nextIn ? ', which was expected already' : '';
  context.noteIn('SequenceReset', 'attention', `Reset: the peer goes on with MsgSeqNum ${newSeqNo}${same}`);
  context.renumberInbound(newSeqNo);
}

function readNewSeqNo(context: SessionContext, now: Instant): number | null {
  const newSeqNo = context.view.int(36);
  if (newSeqNo === null) {
    sendReject(
      context,
      { reason: SESSION_REJECT.RequiredTagMissing, refTagId: 36, text: 'Required tag missing: NewSeqNo(36)' },
      now,
    );
  }
  return newSeqNo;
}

function rejectLowering(context: SessionContext, newSeqNo: number, now: Instant): void {
  const text = `Value is incorrect: attempt to lower the sequence number, NewSeqNo=${newSeqNo}`;
  sendReject(context, { reason: SESSION_REJECT.ValueIncorrect, refTagId: 36, text }, now);
}

/** Logon with 141=Y on a live session: both sides start again at 1. */
export function onLiveReset(context: SessionContext, now: Instant): void {
  const { view } = context;
  const rejection = contentFault(context);
  if (rejection !== null || view.msgSeqNum !== 1) {
    const why = rejection === null ? `ResetSeqNumFlag(141)=Y with MsgSeqNum ${view.msgSeqNum} instead of 1` : rejection.text;
    expel(context, { code: 'logon-invalid', detail: why }, why, now);
    return;
  }
  context.noteIn('Logon', 'attention', 'The peer resets both sequence numbers to 1');
  context.resetNumbers();
  context.nextIn = 2;
  sendLogon(context, true, now);
}
