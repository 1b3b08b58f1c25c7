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
    if (context.view.msgTypeCode === MSG_TYPE.Logout && !context.view.possDup) this.onLogout(context);
  }

  onLogout(context: SessionContext): void {
    if (context.view.msgSeqNum === context.nextIn) context.nextIn += 1;
    const text = context.secrets.textOf(context.view);
    context.noteIn('Logout', 'info', text === null ? 'Logout answered' : `Logout answered: ${text}`);
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

/** Says Logout and why, and goes on from there. A session that was ending already ends for the reason that came first. */
export function expel(context: SessionContext, reason: Disconnect, text: string, now: Instant): void {
  context.resends.abandon(now);
  const { name, leaving } = context.state;
  if (name === 'awaiting-logout' || name === 'awaiting-disconnect') {
    // Our Logout is out.
    context.noteState('Logout', 'attention', `Disconnected without waiting any longer: ${text}`);
    close(context, leaving ?? null);
    return;
  }
  context.sendLogout(text, now);
  context.setState(new Expelling(leaving ?? reason, now.monoMs + context.settings.logoutAckMs));
}
