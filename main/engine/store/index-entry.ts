import { checkOf } from './check.ts';

/**
 * Bytes of one entry: offset (float64), length, next expected inbound MsgSeqNum when it was written (0: not known), its own MsgSeqNum, check of
 * the message (0: from before there was one), check of the entry (uint32 each).
 */
export const ENTRY_BYTES = 28;
const CHECKED_BYTES = 24;
/** A length that says: used, and what was sent under it is lost; −1 as it is written. */
const LOST = 0xffff_ffff;

/** What the index knows of one number. empty: used, with nothing to resend (an admin message, a number that the operator skipped). */
export type Entry =
  | { readonly kind: 'empty' | 'damaged' }
  | { readonly kind: 'message'; readonly offset: number; readonly length: number; readonly check: number };

const EMPTY: Entry = { kind: 'empty' };
const DAMAGED: Entry = { kind: 'damaged' };

/** Writes an entry at `at`. length: 0 for nothing to resend, −1 for lost. */
export function writeEntry(words: DataView, at: number, seqNum: number, offset: number, length: number, check: number): void {
  words.setFloat64(at, offset, true);
  words.setUint32(at + 8, length, true);
  words.setUint32(at + 12, 0, true);
  words.setUint32(at + 16, seqNum, true);
  words.setUint32(at + 20, check, true);
  words.setUint32(at + CHECKED_BYTES, checkOf(words, at, at + CHECKED_BYTES), true);
}

/** Adds to a written entry what is expected inbound. */
export function stampNextIn(words: DataView, at: number, nextIn: number): void {
  words.setUint32(at + 12, nextIn > 0xffff_ffff ? 0 : nextIn, true);
  words.setUint32(at + CHECKED_BYTES, checkOf(words, at, at + CHECKED_BYTES), true);
}

/** The MsgSeqNum of the entry at `at`; 0 when it is damaged. */
export function seqNumAt(words: DataView, at: number): number {
  const good = checkOf(words, at, at + CHECKED_BYTES) === words.getUint32(at + CHECKED_BYTES, true);
  return good ? words.getUint32(at + 16, true) : 0;
}

/** What a good entry says is expected inbound; 0 when it does not. */
export const nextInAt = (words: DataView, at: number): number => words.getUint32(at + 12, true);

/** The entry at `at`, which must be that of `seqNum`. */
export function entryAt(words: DataView, at: number, seqNum: number): Entry {
  if (seqNumAt(words, at) !== seqNum) return DAMAGED;
  const length = words.getUint32(at + 8, true);
  if (length === 0) return EMPTY;
  if (length === LOST) return DAMAGED;
  return { kind: 'message', offset: words.getFloat64(at, true), length, check: words.getUint32(at + 20, true) };
}

/** Bytes of an entry as it was before entries had a check: offset (float64), length, next expected inbound (uint32 each). */
export const OLD_ENTRY_BYTES = 16;

/** No message of ours is larger; a length that claims it is damage, and not worth the memory. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/** An entry of before, as far as it can be true of `dataBytes` bytes of messages. Its numbers skipped are holes, which read as zeros. */
export function oldEntryAt(words: DataView, at: number, dataBytes: number): Entry {
  const offset = words.getFloat64(at, true);
  const length = words.getUint32(at + 8, true);
  if (length === 0) return offset >= 0 && offset <= Number.MAX_SAFE_INTEGER ? EMPTY : DAMAGED;
  const inside = Number.isSafeInteger(offset) && offset >= 0 && offset + length <= dataBytes && length <= LARGEST_BYTES;
  return inside ? { kind: 'message', offset, length, check: 0 } : DAMAGED;
}
