import { MSG_TYPE } from '../codec/msg-type.ts';
import { type Rejection, SESSION_REJECT } from '../codec/validate.ts';
import { contentFault, type FatalFault, headerFault, missingOrigSendingTime, origSendingTimeFault } from './checks.ts';
import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';
import { noteReject, sendBusinessReject, sendReject } from './rejects.ts';
import { answerResendRequest, askForGap, foundGap } from './resend-requests.ts';
import { onGapFill, onLiveReset, onReset } from './sequence-resets.ts';
import { expel } from './states/expelling.ts';

/** A message after the Logons: checks its header, then its number. What it means is for `takeInOrder`. */
export function onMessageInSession(context: SessionContext, now: Instant): void {
  const { view } = context;
  const fault = headerFault(context, now);
  if (fault !== null) {
    reactToFatal(context, fault, now);
    return;
  }
  const seqNum = view.msgSeqNum;
  const type = view.msgTypeCode;
  if (seqNum < 0) {
    expel(context, { code: 'required-tag', detail: 'MsgSeqNum(34)' }, 'Required tag missing: MsgSeqNum(34)', now);
  } else if (type === MSG_TYPE.SequenceReset && !view.flag(123)) {
    onReset(context, now);
  } else if (type === MSG_TYPE.Logon && view.flag(141)) {
    onLiveReset(context, now);
  } else if (seqNum === context.nextIn) {
    takeInOrder(context, now);
  } else if (seqNum > context.nextIn) {
    takeEarly(context, now);
  } else {
    takeLate(context, now);
  }
}

function reactToFatal(context: SessionContext, fault: FatalFault, now: Instant): void {
  if (fault.reject !== null) {
    sendReject(context, fault.reject, now);
    if (context.view.msgSeqNum === context.nextIn) context.advanceTo(context.nextIn + 1, now);
  }
  expel(context, fault.disconnect, fault.logoutText, now);
}

function rejectInOrder(context: SessionContext, rejection: Rejection, now: Instant): void {
  sendReject(context, rejection, now);
  context.advanceTo(context.nextIn + 1, now);
}

/** The message that is next (scenario 2 a), its header checked already. */
export function takeInOrder(context: SessionContext, now: Instant): void {
  const { view } = context;
  if (view.possDup) {
    const fatal = origSendingTimeFault(context);
    if (fatal !== null) {
      reactToFatal(context, fatal, now);
      return;
    }
    const missing = view.msgTypeCode === MSG_TYPE.SequenceReset ? null : missingOrigSendingTime(context);
    if (missing !== null) {
      rejectInOrder(context, missing, now);
      return;
    }
  }
  const rejection = contentFault(context);
  if (rejection !== null) {
    rejectInOrder(context, rejection, now);
    return;
  }
  if (view.msgTypeCode === MSG_TYPE.SequenceReset) {
    onGapFill(context, now);
    return;
  }
  context.advanceTo(context.nextIn + 1, now);
  switch (view.msgTypeCode) {
    case MSG_TYPE.Heartbeat:
      onHeartbeat(context, now);
      break;
    case MSG_TYPE.TestRequest:
      onTestRequest(context, now);
      break;
    case MSG_TYPE.ResendRequest:
      answerResendRequest(context, now);
      break;
    case MSG_TYPE.Reject:
      noteReject(context, null);
      break;
    case MSG_TYPE.Logout:
      context.state.onLogout(context, now);
      break;
    case MSG_TYPE.Logon:
      context.noteIn('Logon', 'attention', 'Logon on a live session, not answered');
      break;
    default:
      onApplicationMessage(context, now);
  }
}

function onHeartbeat(context: SessionContext, now: Instant): void {
  const { view, testRequest } = context;
  if (testRequest !== null && view.string(112) === testRequest.id) {
    context.roundTripMs = now.monoMs - testRequest.sentMs;
    context.testRequest = null;
    context.noteIn('Heartbeat', 'info', `Heartbeat answers ${testRequest.id} after ${context.roundTripMs.toFixed(1)} ms`);
  } else {
    context.noteIn('Heartbeat', 'info', 'Heartbeat');
  }
}

function onTestRequest(context: SessionContext, now: Instant): void {
  const { view, outbound } = context;
  const at = view.find(112);
  if (at < 0 || view.valueStarts[at] === view.valueEnds[at]) {
    sendReject(
      context,
      { reason: SESSION_REJECT.RequiredTagMissing, refTagId: 112, text: 'Required tag missing: TestReqID(112)' },
      now,
    );
    return;
  }
  context.noteIn('TestRequest', 'info', 'TestRequest');
  outbound.begin('0', now).bytes(112, view.buffer, view.valueStarts[at], view.valueEnds[at]);
  const seqNum = outbound.commitAdmin(now);
  context.noteOut('Heartbeat', 'info', 'Heartbeat answers a TestRequest', seqNum);
}

function onApplicationMessage(context: SessionContext, now: Instant): void {
  const { view, supported } = context;
  if (view.msgTypeCode === MSG_TYPE.BusinessMessageReject) noteReject(context, null);
  if (supported !== null && !supported.has(view.msgType)) {
    sendBusinessReject(context, { reason: 3, text: `Unsupported message type ${view.msgType}` }, now);
    return;
  }
  const refused = context.port.deliver(view);
  if (refused !== null) sendBusinessReject(context, refused, now);
}

/** 34 higher than expected (2 b): held until its turn, and the gap is asked for once. */
function takeEarly(context: SessionContext, now: Instant): void {
  const { view } = context;
  if (view.msgTypeCode === MSG_TYPE.Logout) {
    context.state.onLogout(context, now);
    return;
  }
  if (view.msgTypeCode === MSG_TYPE.ResendRequest) {
    // Theirs first, then ours again: each side may be waiting for the other (scenario 20).
    answerResendRequest(context, now);
    if (context.gap.open) askForGap(context, now);
    else foundGap(context, now);
    return;
  }
  context.held.hold(view.msgSeqNum, view.buffer, view.start, view.end);
  if (!context.gap.open) foundGap(context, now);
}

/** 34 lower than expected: a duplicate is dropped (2 e), anything else ends the session (2 c). */
function takeLate(context: SessionContext, now: Instant): void {
  const { view, nextIn } = context;
  if (view.msgTypeCode === MSG_TYPE.Logout) {
    context.state.onLogout(context, now);
    return;
  }
  if (view.possDup) {
    if (view.msgTypeCode === MSG_TYPE.SequenceReset) return;
    const fatal = origSendingTimeFault(context);
    if (fatal !== null) {
      reactToFatal(context, fatal, now);
      return;
    }
    const missing = missingOrigSendingTime(context);
    if (missing !== null) sendReject(context, missing, now);
    return;
  }
  const text = `MsgSeqNum too low, expecting ${nextIn} but received ${view.msgSeqNum}`;
  expel(context, { code: 'sequence-too-low', detail: `expecting ${nextIn} but received ${view.msgSeqNum}` }, text, now);
}
