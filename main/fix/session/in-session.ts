import { MSG_TYPE } from '../codec/msg-type.ts';
import { type Rejection, SESSION_REJECT } from '../codec/validate.ts';
import {
  contentFault,
  type FatalFault,
  headerFault,
  isSeenBefore,
  missingOrigSendingTime,
  origSendingTimeFault,
  seqNumFault,
} from './checks.ts';
import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';
import { isReject, noteReject, sendBusinessReject, sendReject } from './rejects.ts';
import { answerResendRequest, askForGap, foundGap } from './resend-requests.ts';
import { onGapFill, onLiveReset, onReset } from './sequence-resets.ts';
import { expel } from './states/expelling.ts';

/** A message after the Logons: checks its header, then its number. What it means is for `takeInOrder`. */
export function onMessageInSession(context: SessionContext, now: Instant): void {
  const { view } = context;
  const seqNum = view.msgSeqNum;
  const type = view.msgTypeCode;
  if (type === MSG_TYPE.Logout && !view.possDup) {
    takeLogout(context, now);
    return;
  }
  const fault = headerFault(context, now);
  if (fault !== null) {
    reactToFatal(context, fault, now);
  } else if (seqNum < 0) {
    const { text } = seqNumFault(context);
    expel(context, { code: 'required-tag', detail: text }, text, now);
  } else if (isSeenBefore(context)) {
    takeDuplicate(context, now);
  } else if (type === MSG_TYPE.SequenceReset && !view.flag(123)) {
    onReset(context, now);
  } else if (type === MSG_TYPE.Logon && view.flag(141) && !view.possDup) {
    onLiveReset(context, now);
  } else if (seqNum === context.nextIn) {
    takeInOrder(context, now);
  } else if (seqNum > context.nextIn) {
    takeEarly(context, now);
  } else {
    const detail = `expecting ${context.nextIn} but received ${seqNum}`;
    expel(context, { code: 'sequence-too-low', detail }, `MsgSeqNum too low, ${detail}`, now);
  }
}

/** A Logout takes effect whatever its number and whatever is wrong with it; what is wrong is rejected beside (scenario 13). */
function takeLogout(context: SessionContext, now: Instant): void {
  const { view, nextIn } = context;
  const fatal = headerFault(context, now);
  const hasNumber = view.msgSeqNum >= 0;
  const rejection = fatal === null ? contentFault(context) : fatal.reject;
  if (rejection !== null && hasNumber) sendReject(context, rejection, now);
  if (view.msgSeqNum === nextIn) context.advanceTo(nextIn + 1, now);
  context.state.onLogout(context, now, fatal?.logoutText ?? (hasNumber ? null : seqNumFault(context).text));
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
    const missing = missingOrigSendingTime(context);
    if (missing !== null) {
      rejectInOrder(context, missing, now);
      return;
    }
  } else if (view.msgTypeCode === MSG_TYPE.Logout) {
    // It came early, and was checked and acted on then.
    context.advanceTo(context.nextIn + 1, now);
    context.state.onLogout(context, now, null);
    return;
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
      if (!view.possDup) onHeartbeat(context, now);
      break;
    case MSG_TYPE.TestRequest:
      if (!view.possDup) onTestRequest(context, now);
      break;
    case MSG_TYPE.ResendRequest:
      if (!view.possDup) answerResendRequest(context, now);
      break;
    case MSG_TYPE.Reject:
      noteReject(context, null);
      break;
    case MSG_TYPE.Logout:
      context.noteIn('Logout', 'info', 'Logout sent again as PossDup, not acted on');
      break;
    case MSG_TYPE.Logon:
      context.noteIn('Logon', 'attention', 'Logon on a live session, not answered');
      break;
    default:
      onApplicationMessage(context, now);
  }
}

/** A message that came early and whose number a GapFill has used up: a peer that has asked something waits for the answer (scenario 2 b). */
export function answerPassedOver(context: SessionContext, now: Instant): void {
  const { view } = context;
  if (isReject(view)) noteReject(context, null);
  if (view.possDup) return;
  if (view.msgTypeCode === MSG_TYPE.Logout) {
    context.state.onLogout(context, now, null);
  } else if (view.msgTypeCode === MSG_TYPE.TestRequest) {
    const rejection = contentFault(context);
    if (rejection === null) onTestRequest(context, now);
    else sendReject(context, rejection, now);
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
  if (view.msgTypeCode === MSG_TYPE.ResendRequest && !view.possDup && contentFault(context) === null) {
    // Theirs first, then ours again: each side may be waiting for the other (scenario 20).
    answerResendRequest(context, now);
    if (context.gap.open) askForGap(context, now);
    else foundGap(context, now);
    return;
  }
  context.held.hold(view.msgSeqNum, view.buffer, view.start, view.end);
  if (!context.gap.open) foundGap(context, now);
}

/** PossDup of what was counted already (2 e): ignored whatever its type, but for its times (2 f, g). */
function takeDuplicate(context: SessionContext, now: Instant): void {
  if (context.view.msgTypeCode === MSG_TYPE.SequenceReset) return;
  const fatal = origSendingTimeFault(context);
  if (fatal !== null) {
    reactToFatal(context, fatal, now);
    return;
  }
  const missing = missingOrigSendingTime(context);
  if (missing !== null) sendReject(context, missing, now);
}
