import type { SessionContext, State } from '../context.ts';
import { onMessageInSession } from '../in-session.ts';
import type { Instant } from '../instant.ts';
import { close } from './closed.ts';

/** We log out as asked: go on reading until the answer, at most LogoutAckThreshold (scenarios 12 and 13 a). */
export class AwaitingLogout implements State {
  readonly name = 'awaiting-logout';
  readonly #deadlineMs: number;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  onMessage(context: SessionContext, now: Instant): void {
    onMessageInSession(context, now);
  }

  onLogout(context: SessionContext): void {
    const text = context.secrets.textOf(context.view);
    context.noteIn('Logout', 'info', text === null ? 'Logout answered' : `Logout answered: ${text}`);
    close(context, null, true);
  }

  deadlineMs(): number {
    return this.#deadlineMs;
  }

  onDeadline(context: SessionContext): void {
    context.noteState('Logout', 'attention', `Our Logout was not answered within ${context.settings.logoutAckMs} ms`);
    close(context, null);
  }

  onTransportClosed(): { readonly reason: null; readonly asked: true } {
    return { reason: null, asked: true };
  }
}
