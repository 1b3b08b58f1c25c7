import type { SessionContext, State } from '../context.ts';
import type { Disconnect } from '../disconnect.ts';

/** No transport, or one that is being closed: whatever still comes from it is not read. */
export const CLOSED: State = {
  name: 'closed',
  onMessage: () => undefined,
  onLogout: () => undefined,
  deadlineMs: () => Number.POSITIVE_INFINITY,
  onDeadline: () => undefined,
  onTransportClosed: () => ({ reason: null, asked: false }),
};

/** Ends the connection. Null: as asked by the operator. */
export function close(context: SessionContext, reason: Disconnect | null, logoutAnswered = false): void {
  context.setState(CLOSED);
  context.forgetTransfers();
  context.testRequest = null;
  context.port.disconnect(reason, logoutAnswered);
}
