import { MSG_TYPE } from '../../codec/msg-type.ts';
import type { SessionContext, State } from '../context.ts';
import type { Disconnect } from '../disconnect.ts';
import type { Instant } from '../instant.ts';
import { close } from './closed.ts';

/** We sent Logout because the session cannot go on (scenarios 2 c, f, i, k, o): wait LogoutAckThreshold for the answer, read nothing else. */
export class Expelling implements State {
  readonly name = 'expelling';
  readonly leaving: Disconnect;
  readonly #deadlineMs: number;

  constructor(reason: Disconnect, deadlineMs: number) {
    this.leaving = reason;
    this.#deadlineMs = deadlineMs;
  }

  onMessage(context: SessionContext): void {
    if (context.view.msgTypeCode === MSG_TYPE.Logout) this.onLogout(context);
  }

  onLogout(context: SessionContext): void {
    if (context.view.msgSeqNum === context.nextIn) context.nextIn += 1;
    close(context, this.leaving, true);
  }

  deadlineMs(): number {
    return this.#deadlineMs;
  }

  onDeadline(context: SessionContext): void {
    close(context, this.leaving);
  }

  onTransportClosed(): { readonly reason: Disconnect; readonly asked: false } {
    return { reason: this.leaving, asked: false };
  }
}

/** Says Logout and why, and goes on from there. */
export function expel(context: SessionContext, reason: Disconnect, text: string, now: Instant): void {
  context.resends.abandon(now);
  context.sendLogout(text, now);
  context.setState(new Expelling(reason, now.monoMs + context.settings.logoutAckMs));
}
