import { EncodeError, type Encoder } from '../codec/encode.ts';
import type { MessageView } from '../codec/message-view.ts';
import { msgTypeCode } from '../codec/msg-type.ts';
import type { SessionContext } from './context.ts';
import { isEnvelope } from './envelope.ts';
import type { Instant } from './instant.ts';

/** The MsgSeqNum given to a message, or why it was not taken, in words for the caller. */
export type Sent = { readonly ok: true; readonly msgSeqNum: number } | { readonly ok: false; readonly error: string };

export const refused = (error: string): Sent => ({ ok: false, error });
export const sent = (msgSeqNum: number): Sent => ({ ok: true, msgSeqNum });

export function sendApplication(
  context: SessionContext,
  msgType: string,
  fields: readonly (readonly [number, string])[],
  now: Instant,
): Sent {
  const problem = cannotSend(context, msgType);
  if (problem !== null) return refused(problem);
  const foreign = fields.find(([tag]) => isEnvelope(tag));
  if (foreign !== undefined) return refused(`Tag ${foreign[0]} belongs to the header or trailer: the session sets those itself.`);
  try {
    context.outbound.begin(msgType, now).fields(fields);
  } catch (error) {
    if (error instanceof EncodeError) return refused(error.message);
    throw error;
  }
  return sent(commit(context, now));
}

export function sendBodyOf(context: SessionContext, view: MessageView, now: Instant): Sent {
  const problem = cannotSend(context, view.msgType);
  if (problem !== null) return refused(problem);
  try {
    copyBody(context.outbound.begin(view.msgType, now), view);
  } catch (error) {
    // A message without validation may have what cannot be sent: a field without a value.
    if (error instanceof EncodeError) return refused(error.message);
    throw error;
  }
  return sent(commit(context, now));
}

function copyBody(encoder: Encoder, { buffer, count, tags, valueStarts, valueEnds, dictionary }: MessageView): void {
  for (let i = 0; i < count; i += 1) {
    const tag = tags[i] as number;
    if (isEnvelope(tag)) continue;
    const dataTag = dictionary.dataTagOf[tag] ?? 0;
    if (dataTag !== 0 && tags[i + 1] === dataTag) {
      encoder.data(tag, dataTag, buffer.subarray(valueStarts[i + 1], valueEnds[i + 1]));
      i += 1;
    } else encoder.bytes(tag, buffer, valueStarts[i], valueEnds[i]);
  }
}

function cannotSend({ outbound, settings, dictionary, resetPending, state }: SessionContext, msgType: string): string | null {
  if (outbound.blocked) return 'Outbound application messages are blocked.';
  const code = msgTypeCode(msgType);
  if (code === 0 || dictionary.isAdmin(code))
    return `MsgType ${msgType} is not an application message: the session sends those itself.`;
  if (state.name === 'active') return null;
  if (settings.whenDisconnected === 'refuse') return 'The session is not logged on.';
  if (settings.resetOnLogon || resetPending) {
    return 'The session is not logged on, and a queued message would not survive the reset of the sequence numbers at the next Logon.';
  }
  return null;
}

function commit({ outbound, state }: SessionContext, now: Instant): number {
  // Behind a Logon that is unanswered all waits for this connection; without a session the peer asks for it after the next Logon.
  return outbound.commitApplication(now, state.name !== 'active');
}
