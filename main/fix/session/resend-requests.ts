import { SESSION_REJECT } from '../codec/validate.ts';
import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';
import { askedByLogonAlready } from './next-expected.ts';
import { sendReject } from './rejects.ts';

/** The message in the view shows that messages are missing before it: ask for them, to the end. */
export function foundGap(context: SessionContext, now: Instant): void {
  context.gap.find(context.nextIn, context.view.msgSeqNum, now.monoMs);
  context.port.signal('recovering');
  askForGap(context, now);
}

/** The same where the peer has our expected number from our Logon's 789 and resends by itself; it is asked when it has not begun for a while. */
export function awaitGap(context: SessionContext, now: Instant): void {
  context.gap.find(context.nextIn, context.view.msgSeqNum, now.monoMs);
  context.port.signal('recovering');
}

/** ResendRequest from the expected number to 0, unless it was asked for too often without progress (scenario 20). */
export function askForGap(context: SessionContext, now: Instant): void {
  const { gap, nextIn } = context;
  switch (gap.ask(nextIn, now.monoMs)) {
    case 'ask':
      sendResendRequest(context, nextIn, now);
      break;
    case 'stalled':
      context.noteState(
        'ResendRequest',
        'alarm',
        `The peer does not fill the gap ${gap.from}–${gap.to}: asked three times from ${nextIn}, no longer asking`,
      );
      break;
    case 'stalled-before':
      break;
  }
}

export function sendResendRequest(context: SessionContext, from: number, now: Instant): number {
  context.outbound.begin('2', now).int(7, from).int(16, 0);
  const seqNum = context.outbound.commitAdmin(now);
  context.noteOut('ResendRequest', 'attention', `ResendRequest from ${from} to the end`, seqNum);
  return seqNum;
}

/** Scenario 8, for the ResendRequest in the view. */
export function answerResendRequest(context: SessionContext, now: Instant): void {
  const { view } = context;
  const begin = view.int(7);
  const end = view.int(16);
  if (begin === null || end === null) {
    const tag = begin === null ? 7 : 16;
    const name = begin === null ? 'BeginSeqNo' : 'EndSeqNo';
    sendReject(
      context,
      { reason: SESSION_REJECT.RequiredTagMissing, refTagId: tag, text: `Required tag missing: ${name}(${tag})` },
      now,
    );
    return;
  }
  if (begin < 1 || (end !== 0 && end < begin)) {
    const text = `Value is incorrect: BeginSeqNo ${begin}, EndSeqNo ${end}`;
    sendReject(context, { reason: SESSION_REJECT.ValueIncorrect, refTagId: begin < 1 ? 7 : 16, text }, now);
    return;
  }
  const range = `ResendRequest from ${begin} to ${end === 0 ? 'the end' : end}`;
  if (askedByLogonAlready(context)) {
    context.noteIn('ResendRequest', 'info', `${range}: what its Logon asked for, and is resent already`);
    return;
  }
  context.noteIn('ResendRequest', 'attention', range);
  const last = context.resends.request(begin, end, now);
  if (last < begin) {
    context.noteState('ResendRequest', 'alarm', `The peer asks for messages from ${begin}, we have sent only up to ${last}`);
  }
}

/** Goes back to `from`, as if the messages from there to the last one had been missed. */
export function foundGapBelow(context: SessionContext, from: number, now: Instant): void {
  const { gap } = context;
  gap.find(from, gap.open ? gap.to + 1 : context.nextIn, now.monoMs);
  gap.ask(from, now.monoMs);
  context.nextIn = from;
  context.port.signal('recovering');
}
