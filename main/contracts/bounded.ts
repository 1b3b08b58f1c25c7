declare const bounded: unique symbol;

/** Every text in it has been through `boundTexts`: the only way to make one. */
export type Bounded<T> = T & { readonly [bounded]: true };

/** What a text may take as JSON in UTF-8 on its way to timelines, screens, the database and NATS. */
const MAX_TEXT_BYTES = 2_048;

/** `… (1,048,200 bytes more in fix.log)`, behind a text that was cut. */
export function cutMark(bytesMore: number, where = 'fix.log'): string {
  return `… (${bytesMore.toLocaleString('en-US')} bytes more in ${where})`;
}

/** Behind the beginning of a message, which itself ends with SOH: a peer cannot write it there. */
const CUT_MARK = /… \([\d,]+ bytes more in [a-z]+\.log\)$/;

/** Whether a text ends with the mark of a cut. */
export const isCut = (text: string): boolean => CUT_MARK.test(text);

const MARK_BYTES = 64;
/** No character of UTF-16 takes more: `\u0007`. */
const MOST_BYTES = 6;

/**
 * A text that takes at most `maxBytes` as JSON in UTF-8, where a control character takes six: itself, or its beginning with the mark.
 *
 * @param where file that has all of it
 */
export function cutText(text: string, maxBytes = MAX_TEXT_BYTES, where = 'fix.log'): string {
  if (text.length * MOST_BYTES <= maxBytes) return text;
  let encoded = 0;
  let end = 0;
  let more = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) ?? 0;
    const units = code > 0xffff ? 2 : 1;
    encoded += jsonBytes(code);
    if (encoded <= maxBytes - MARK_BYTES) end = at + units;
    else more += utf8Bytes(code);
    at += units;
  }
  return encoded <= maxBytes ? text : `${copied(text.slice(0, end))}${cutMark(more, where)}`;
}

/** The same value with every text in it cut, however deep. */
export function boundTexts<T>(value: T, maxBytes = MAX_TEXT_BYTES): Bounded<T> {
  return bound(value, maxBytes) as Bounded<T>;
}

function bound(value: unknown, maxBytes: number): unknown {
  if (typeof value === 'string') return cutText(value, maxBytes);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => bound(item, maxBytes));
  const out: Record<string, unknown> = {};
  for (const name in value) out[name] = bound((value as Record<string, unknown>)[name], maxBytes);
  return out;
}

/** Bytes that a text takes as JSON in UTF-8, without its quotes. */
export function encodedBytes(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += jsonBytes(character.codePointAt(0) ?? 0);
  return bytes;
}

function jsonBytes(code: number): number {
  if (code < 0x20 || (code >= 0xd800 && code < 0xe000)) return MOST_BYTES;
  return code === 0x22 || code === 0x5c ? 2 : utf8Bytes(code);
}

function utf8Bytes(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** A slice keeps the whole text that it was cut from in memory. */
const copied = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text));
