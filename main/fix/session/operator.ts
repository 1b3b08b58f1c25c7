import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';
import { foundGapBelow, sendResendRequest } from './resend-requests.ts';
import { refused, type Sent, sent } from './sending.ts';
import { AwaitingLogout } from './states/awaiting-logout.ts';
import { CLOSED, close } from './states/closed.ts';

// What an operator asks of a session; `Session` says what each promises.

export function logOut(context: SessionContext, text: string | null, now: Instant): void {
  const { name } = context.state;
  if (name === 'awaiting-logout') return;
  if (name === 'confirming-logout') {
    context.resends.abandon(now);
    context.sendLogout(text, now);
  }
  if (name !== 'active') {
    close(context, null, name === 'awaiting-disconnect' || name === 'confirming-logout');
    return;
  }
  context.sendLogout(text, now);
  context.setState(new AwaitingLogout(now.monoMs + context.settings.logoutAckMs));
}

export function setNumbers(context: SessionContext, nextIn: number | null, nextOut: number | null): void {
  // What was asked for last holds.
  if (context.resetPending) context.setResetPending(false);
  if (nextOut !== null) {
    context.port.persistNextOut(nextOut);
    context.renumberOutbound(nextOut);
    if (context.state.name === 'awaiting-logon') context.outbound.hold();
  }
  if (nextIn !== null) context.renumberInbound(nextIn);
  context.noteState(
    'Operator',
    'attention',
    `Sequence numbers set: next in ${context.nextIn}, next out ${context.outbound.nextOut}`,
  );
}

export function startAgain(context: SessionContext): void {
  context.setResetPending(true);
  if (context.state === CLOSED) context.resetNumbers();
  context.noteState('SequenceReset', 'attention', 'Sequence numbers start again at 1 with the next Logon');
}

export function testNow(context: SessionContext, now: Instant): Sent {
  if (context.state.name !== 'active') return refused('The session is not logged on.');
  return sent(context.sendTestRequest(now));
}

export function askAgain(context: SessionContext, from: number, now: Instant): Sent {
  if (context.state.name !== 'active') return refused('The session is not logged on.');
  if (from >= context.nextIn) return refused(`MsgSeqNum ${from} has not been received yet: the next one is ${context.nextIn}.`);
  foundGapBelow(context, from, now);
  return sent(sendResendRequest(context, from, now));
}
