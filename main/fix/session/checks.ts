import type { MessageView } from '../codec/message-view.ts';
import { MSG_TYPE } from '../codec/msg-type.ts';
import { type Rejection, rejection, SESSION_REJECT } from '../codec/session-reject.ts';
import { validate } from '../codec/validate.ts';
import type { SessionContext } from './context.ts';
import type { Disconnect } from './disconnect.ts';
import type { Instant } from './instant.ts';

/** A message with which the session cannot go on: Reject where the standard wants one, then Logout with this text. */
export interface FatalFault {
  readonly reject: Rejection | null;
  readonly disconnect: Disconnect;
  readonly logoutText: string;
}

/** BeginString, CompIDs and SendingTime of the message in the view (scenarios 2 i, k, o). Missing ones are for `contentFault` to say. */
export function headerFault(context: SessionContext, now: Instant): FatalFault | null {
  const { view, expectedIds, settings } = context;
  if (!view.equalsAscii(0, expectedIds.beginString)) {
    const received = view.string(8) ?? '';
    const text = `Incorrect BeginString ${received}, expecting ${context.dictionary.beginString}`;
    return { reject: null, disconnect: { code: 'begin-string', detail: `received ${received}` }, logoutText: text };
  }
  const sender = view.find(49);
  if (isOther(view, sender, expectedIds.sender))
    return compIdFault(49, 'SenderCompID', view.valueString(sender), settings.targetCompId);
  const target = view.find(56);
  if (isOther(view, target, expectedIds.target))
    return compIdFault(56, 'TargetCompID', view.valueString(target), settings.senderCompId);
  const sendingTime = view.sendingTimeMs;
  // Whole seconds say of a moment only in which second it was.
  const behind = now.wallMs - sendingTime - (view.sendingTimeInSeconds ? 999 : 0);
  if (sendingTime >= 0 && Math.max(behind, sendingTime - now.wallMs) > settings.sendingTimeThresholdMs) {
    const detail = `off by ${((now.wallMs - sendingTime) / 1000).toFixed(3)} s`;
    return {
      reject: { reason: SESSION_REJECT.SendingTimeAccuracy, refTagId: 52, text: 'SendingTime accuracy problem' },
      disconnect: { code: 'sending-time', detail },
      logoutText: 'SendingTime accuracy problem',
    };
  }
  return null;
}

/** Whether field `index` has a value, and another one than this. A field without a value is for `contentFault` to say. */
function isOther(view: MessageView, index: number, expected: Uint8Array): boolean {
  return index >= 0 && !isEmpty(view, index) && !view.equalsAscii(index, expected);
}

/** Whether field `index` is there without a value. */
function isEmpty(view: MessageView, index: number): boolean {
  return index >= 0 && view.valueStarts[index] === view.valueEnds[index];
}

function compIdFault(tag: number, name: string, received: string, expected: string): FatalFault {
  return {
    reject: {
      reason: SESSION_REJECT.CompIdProblem,
      refTagId: tag,
      text: `CompID problem: ${name}(${tag}) is not that of the session`,
    },
    disconnect: { code: 'comp-id', detail: `${name} ${received}, expected ${expected}` },
    logoutText: `Incorrect ${name}`,
  };
}

const NO_ORIG_SENDING_TIME: Rejection = {
  reason: SESSION_REJECT.RequiredTagMissing,
  refTagId: 122,
  text: 'Required tag missing: OrigSendingTime(122) of a PossDup message',
};
const EMPTY_ORIG_SENDING_TIME: Rejection = {
  reason: SESSION_REJECT.TagWithoutValue,
  refTagId: 122,
  text: 'Tag specified without a value: OrigSendingTime(122) of a PossDup message',
};
const ORIG_LATER: FatalFault = {
  reject: {
    reason: SESSION_REJECT.SendingTimeAccuracy,
    refTagId: 122,
    text: 'SendingTime accuracy problem: OrigSendingTime is later',
  },
  disconnect: { code: 'orig-sending-time' },
  logoutText: 'OrigSendingTime(122) is later than SendingTime(52)',
};

/** Whether the message in the view is a duplicate of one that was counted already (scenario 2 e). */
export function isSeenBefore({ view, nextIn }: SessionContext): boolean {
  return view.possDup && view.msgSeqNum >= 0 && view.msgSeqNum < nextIn;
}

/** Whether 122 of a PossDup message is later than its 52 (scenario 2 f). */
export function origSendingTimeFault(context: SessionContext): FatalFault | null {
  return context.view.sentBeforeOriginal ? ORIG_LATER : null;
}

/** Whether a PossDup message has no 122 (scenario 2 g). Not asked of SequenceReset: engines differ, and nothing depends on it. */
export function missingOrigSendingTime({ view }: SessionContext): Rejection | null {
  if (view.msgTypeCode === MSG_TYPE.SequenceReset) return null;
  const at = view.find(122);
  if (at < 0) return NO_ORIG_SENDING_TIME;
  return isEmpty(view, at) ? EMPTY_ORIG_SENDING_TIME : null;
}

/** Why a message without a usable MsgSeqNum(34) cannot be acted on: missing, empty or no number. */
export function seqNumFault({ view, dictionary }: SessionContext): Rejection {
  const at = view.find(34);
  if (at < 0) return rejection(SESSION_REJECT.RequiredTagMissing, 34, dictionary);
  return rejection(isEmpty(view, at) ? SESSION_REJECT.TagWithoutValue : SESSION_REJECT.IncorrectDataFormat, 34, dictionary);
}

/** Without these no message can be acted on: MsgType, SenderCompID, TargetCompID, SendingTime. */
const NEEDED_TAGS = [35, 49, 56, 52];

/** What a Reject says about the message in the view, by the dictionary when the session validates; null when it is good. */
export function contentFault(context: SessionContext): Rejection | null {
  const { view } = context;
  if (context.settings.validate) return validate(view, context.dictionary);
  for (const tag of NEEDED_TAGS) {
    const at = view.find(tag);
    if (at < 0) return rejection(SESSION_REJECT.RequiredTagMissing, tag, context.dictionary);
    if (isEmpty(view, at)) return rejection(SESSION_REJECT.TagWithoutValue, tag, context.dictionary);
  }
  // GapFillFlag: a SequenceReset is one thing with it and another without.
  if (view.msgTypeCode === MSG_TYPE.SequenceReset && isEmpty(view, view.find(123)))
    return rejection(SESSION_REJECT.TagWithoutValue, 123, context.dictionary);
  return null;
}
