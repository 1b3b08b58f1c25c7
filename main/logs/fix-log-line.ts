import type { FixLogLine } from '../contracts/lp-view.ts';
import { bytesOf, textOf } from './byte-text.ts';
import { isEscaped, unescapeMessage } from './fix-log-escape.ts';

/** `YYYY-MM-DDTHH:MM:SS.ffffffZ I|O <message>`, as the engine writes it. */
const LINE = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z) ([IO]) (.*)$/s;

/**
 * Reads whole lines of the raw FIX log; a message has the bytes that it had on the wire, as `textOf` has them. In logs of before the escapes
 * a line that does not begin with a time belongs to the message before it, whose data field has a newline; without one before it, it is left out.
 *
 * @param firstN number of the first line returned; each further one is one more.
 */
export function parseFixLogLines(lines: readonly string[], firstN: number): FixLogLine[] {
  const parsed: { n: number; at: string; direction: 'in' | 'out'; text: string }[] = [];
  for (const line of lines) {
    const [, at, direction, text] = LINE.exec(line) ?? [];
    if (at !== undefined && text !== undefined) {
      const message = isEscaped(text) ? textOf(unescapeMessage(bytesOf(text))) : text;
      parsed.push({ n: firstN + parsed.length, at, direction: direction === 'I' ? 'in' : 'out', text: message });
    } else {
      const before = parsed.at(-1);
      if (before !== undefined) before.text += `\n${line}`;
    }
  }
  return parsed;
}
