import type { MessageView } from '../fix/codec/message-view.ts';
import type { Application } from './engine.ts';

/** Fields of the standard header and trailer; what stands between them is the body. */
const HEADER = new Set([
  8, 9, 35, 49, 56, 115, 128, 90, 91, 34, 50, 142, 57, 143, 116, 144, 129, 145, 43, 97, 52, 122, 212, 213, 347, 369, 370, 627,
  628, 629, 630,
]);
const TRAILER = new Set([93, 89, 10]);

/** An application that sends every message back: same MsgType, same body. For conformance suites. */
export const reflect: Application = (message, shell, now) => {
  const { session } = shell;
  const first = firstBodyField(message);
  let last = message.count - 1;
  while (last >= first && TRAILER.has(message.tags[last] ?? 0)) last -= 1;
  // Refused only when it cannot go out now (logging out, outbound blocked): there is nobody here to tell.
  session.sendBody(message, first, last, now);
  return null;
};

function firstBodyField(message: MessageView): number {
  let first = 0;
  while (first < message.count && HEADER.has(message.tags[first] ?? 0)) first += 1;
  return first;
}
