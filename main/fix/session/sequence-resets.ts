import { SESSION_REJECT } from '../codec/validate.ts';
import { contentFault } from './checks.ts';
import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';
import { logonFault, sendLogon } from './logon.ts';
import { nextExpectedTooHigh } from './next-expected.ts';
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

/** Resets on a live session within a minute; a peer that wants more is in a loop, and each of them costs it our messages. */
const MAX_LIVE_RESETS = 5;
const LIVE_RESETS_MS = 60_000;

/** Logon with 141=Y on a live session: both sides start again at 1, unless it is the peer's answer to a reset of ours. */
export function onLiveReset(context: SessionContext, now: Instant): void {
  const why = logonFault(context);
  if (why !== null) {
    expel(context, { code: 'logon-invalid', detail: why }, why, now);
    return;
  }
  if (onlyLogonsSinceReset(context)) {
    context.noteIn('Logon', 'info', 'Logon answers our reset of the sequence numbers');
    return;
  }
  const tooHigh = nextExpectedTooHigh(context, 1);
  if (tooHigh !== null) {
    expel(context, tooHigh, tooHigh.detail, now);
    return;
  }
  const { liveResetsMs } = context;
  while (now.monoMs - (liveResetsMs[0] ?? now.monoMs) >= LIVE_RESETS_MS) liveResetsMs.shift();
  if (liveResetsMs.length >= MAX_LIVE_RESETS) {
    const why = `ResetSeqNumFlag(141)=Y more than ${MAX_LIVE_RESETS} times within ${LIVE_RESETS_MS / 1000} s`;
    expel(context, { code: 'reset-loop', detail: why }, why, now);
    return;
  }
  liveResetsMs.push(now.monoMs);
  context.noteIn('Logon', 'attention', 'The peer resets both sequence numbers to 1');
  context.resetNumbers();
  context.nextIn = 2;
  sendLogon(context, true, now);
  context.resetSent = true;
}

/** Our 141=Y is out and neither side has sent anything but Logons since: whatever else is sent uses a number, or shows a gap. */
function onlyLogonsSinceReset({ resetSent, nextIn, outbound, gap }: SessionContext): boolean {
  return resetSent && nextIn === 2 && outbound.nextOut === 2 && !gap.open;
}
