import { contentFault } from './checks.ts';
import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';

/** Logon(A): 98=0, 108, 141=Y when `reset`, 789, 553, 554 and 925 when configured, then the configured tags (scenario 1B). */
export function sendLogon(context: SessionContext, reset: boolean, now: Instant): void {
  const { settings, outbound } = context;
  const encoder = outbound.begin('A', now).int(98, 0).int(108, settings.heartBtInt);
  if (reset) encoder.bool(141, true);
  if (settings.sendNextExpected) encoder.int(789, context.nextIn);
  if (settings.username !== null && settings.username !== '') encoder.string(553, settings.username);
  if (settings.password !== null && settings.password !== '') encoder.string(554, settings.password);
  if (settings.newPassword !== null && settings.newPassword !== '') encoder.string(925, settings.newPassword);
  encoder.fields(settings.logonTags);
  const seqNum = outbound.commitAdmin(now);
  context.noteOut('Logon', 'info', reset ? 'Logon with ResetSeqNumFlag' : 'Logon', seqNum);
}

/** What is wrong with the peer's Logon in the view, first or on a live session, apart from its header; null when it is good. */
export function logonFault(context: SessionContext): string | null {
  const { view, settings } = context;
  const rejection = contentFault(context);
  if (rejection !== null) return rejection.text;
  const heartBtInt = view.int(108);
  if (heartBtInt !== settings.heartBtInt)
    return `HeartBtInt(108) is ${heartBtInt ?? 'missing'}, expecting ${settings.heartBtInt}`;
  if (view.flag(141) && view.msgSeqNum !== 1) return `ResetSeqNumFlag(141)=Y with MsgSeqNum ${view.msgSeqNum} instead of 1`;
  const nextExpected = view.int(789);
  return nextExpected !== null && nextExpected < 1 ? `NextExpectedMsgSeqNum(789) is ${nextExpected}` : null;
}
