import type { SessionContext } from './context.ts';
import type { Instant } from './instant.ts';
import { close } from './states/closed.ts';

/**
 * Logout, and the end at once: behind a message that is not kept nothing of the peer's can be read. A session that ends already has its own
 * reason and time.
 *
 * @param what how it is known, for the operator
 * @returns whether this ended the session
 */
export function endAsTooLarge(context: SessionContext, what: string, now: Instant): boolean {
  const { name } = context.state;
  if (name !== 'active' && name !== 'awaiting-logon') return false;
  const limit = context.settings.maxMessageBytes;
  const detail = `${what}, maxMessageBytes is ${limit}`;
  context.noteState('Garbled', 'alarm', `The peer's message is too large: ${detail}`);
  context.resends.abandon(now);
  context.sendLogout(`Message larger than ${limit} bytes`, now);
  close(context, { code: 'message-too-large', detail });
  return true;
}
