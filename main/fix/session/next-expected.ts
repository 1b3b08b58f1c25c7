import type { SessionContext } from './context.ts';
import type { Disconnect } from './disconnect.ts';
import type { Instant } from './instant.ts';
import type { Outbound } from './outbound.ts';

/** The number after the last that the peer can have got from us. */
const nextOnWire = ({ lastSent }: Outbound): number => lastSent + 1;

/**
 * NextExpectedMsgSeqNum(789) of the peer's Logon in the view, when it is higher than what we have sent: a reason that names both numbers.
 *
 * @param next the number that our next message has
 */
export function nextExpectedTooHigh({ view }: SessionContext, next: number): (Disconnect & { readonly detail: string }) | null {
  const expected = view.int(789);
  if (expected === null || expected <= next) return null;
  const detail = `NextExpectedMsgSeqNum(789) is ${expected}, our next MsgSeqNum is ${next}`;
  return { code: 'sequence-repair', detail, peerExpects: expected };
}

/** The same for the answer to our Logon. */
export const answerExpectsTooMuch = (context: SessionContext): (Disconnect & { readonly detail: string }) | null =>
  nextExpectedTooHigh(context, nextOnWire(context.outbound));

/** Resends from the 789 of the peer's Logon in the view on, when it is lower than our next number: it asks for nothing more. */
export function resendAsExpected(context: SessionContext, now: Instant): void {
  const { view, resends, outbound } = context;
  const from = view.int(789);
  if (from === null || from >= nextOnWire(outbound)) return;
  context.askedByLogon = { from, logonSeqNum: view.msgSeqNum };
  context.noteIn('ResendRequest', 'attention', `The peer's Logon asks for messages from ${from} on: NextExpectedMsgSeqNum(789)`);
  resends.request(from, 0, now);
}

/** Whether the ResendRequest in the view, sent right behind its Logon, asks once more for what the 789 of that Logon has asked for. */
export function askedByLogonAlready({ askedByLogon, view }: SessionContext): boolean {
  return askedByLogon !== null && view.int(7) === askedByLogon.from && view.msgSeqNum === askedByLogon.logonSeqNum + 1;
}
