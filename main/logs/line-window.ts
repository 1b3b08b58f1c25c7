import { cutMark } from '../contracts/bounded.ts';
import { textOf } from './byte-text.ts';

const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
/** Characters of an escape of the FIX log after its backslash. */
const ESCAPE_REST = 3;

/** The last lines of a stream of bytes, and the count of those that were left out: memory is bounded whatever the stream holds. */
export class LineWindow {
  readonly #size: number;
  readonly #maxLineBytes: number;
  readonly #maxBytes: number;
  #lines: string[] = [];
  #sizes: number[] = [];
  #bytes = 0;
  #skipped = 0;
  /** The beginning of a line whose end has not come, and how many bytes of it are left out. */
  #rest: Buffer = Buffer.alloc(0);
  #more = 0;
  readonly #passes: ((line: string) => boolean) | null;

  /**
   * @param size lines kept until `take`
   * @param maxLineBytes bytes kept of one line; it is given cut, with a mark that says how many more the file has
   * @param maxBytes bytes kept in all
   * @param passes which lines there are, before any is left out; null: all. It is asked for the part of a line that is kept
   */
  constructor(size: number, maxLineBytes: number, maxBytes: number, passes: ((line: string) => boolean) | null = null) {
    this.#passes = passes;
    this.#size = size;
    this.#maxLineBytes = maxLineBytes;
    this.#maxBytes = maxBytes;
  }

  /** Adds bytes as they stand in the file. */
  push(given: Buffer): void {
    const bytes = withoutHoles(given);
    const first = bytes.indexOf(NEWLINE);
    if (first < 0) {
      this.#hold(bytes);
      return;
    }
    this.#hold(bytes.subarray(0, first));
    this.#keep(this.#rest, this.#more);
    this.endFile();
    const last = bytes.lastIndexOf(NEWLINE);
    if (last > first) this.#keepLast(bytes.subarray(first + 1, last));
    this.#hold(bytes.subarray(last + 1));
  }

  /** The lines since the last call, oldest first, and how many before them were left out. */
  take(): { readonly lines: readonly string[]; readonly skipped: number } {
    const taken = { lines: this.#lines, skipped: this.#skipped };
    this.#lines = [];
    this.#sizes = [];
    this.#bytes = 0;
    this.#skipped = 0;
    return taken;
  }

  /** Forgets a line that was begun: the file that it stood in has ended. */
  endFile(): void {
    this.#rest = Buffer.alloc(0);
    this.#more = 0;
  }

  /** Keeps the beginning of a line until the rest of it comes. */
  #hold(bytes: Buffer): void {
    const room = Math.min(bytes.length, this.#maxLineBytes - this.#rest.length);
    if (room > 0) this.#rest = Buffer.concat([this.#rest, bytes.subarray(0, room)]);
    this.#more += bytes.length - room;
  }

  #keepLast(whole: Buffer): void {
    // Each has to be judged where there is a filter.
    const kept = lastLines(whole, this.#passes === null ? this.#size : Number.POSITIVE_INFINITY);
    if (this.#passes === null) this.#skipped += countLines(whole) - kept.length;
    for (const line of kept) {
      this.#keep(line.subarray(0, this.#maxLineBytes), Math.max(0, line.length - this.#maxLineBytes));
    }
  }

  #keep(begin: Buffer, more: number): void {
    const shown = more === 0 ? begin : wholeCharacters(begin);
    const left = more + begin.length - shown.length;
    const text = textOf(shown);
    if (this.#passes !== null && !this.#passes(text)) return;
    this.#lines.push(left === 0 ? text : `${text}${cutMark(left)}`);
    this.#sizes.push(shown.length);
    this.#bytes += shown.length;
    while (this.#lines.length > this.#size || this.#bytes > this.#maxBytes) {
      this.#lines.shift();
      this.#bytes -= this.#sizes.shift() ?? 0;
      this.#skipped += 1;
    }
  }
}

/**
 * A line of a log has no NUL: those in the file are a hole, which a crash or a disk that failed has left. Half a line may stand before it;
 * what stands behind it is a line of its own.
 */
function withoutHoles(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes;
  const filled = Buffer.allocUnsafe(bytes.length);
  let to = 0;
  for (const byte of bytes) {
    if (byte !== 0) filled[to++] = byte;
    else if (to === 0 || filled[to - 1] !== NEWLINE) filled[to++] = NEWLINE;
  }
  return filled.subarray(0, to);
}

/** Without a character or an escape of the FIX log that the end cuts in two. */
function wholeCharacters(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
  if (end > 0 && (bytes[end - 1] ?? 0) >= 0xc0) end -= 1;
  const begun = bytes.lastIndexOf(BACKSLASH);
  return bytes.subarray(0, begun >= 0 && begun >= end - ESCAPE_REST ? begun : end);
}

function countLines(bytes: Buffer): number {
  let count = 1;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** At most `size` lines from the end of `bytes`, which has no newline after its last line. */
function lastLines(bytes: Buffer, size: number): Buffer[] {
  const lines: Buffer[] = [];
  let end = bytes.length;
  while (lines.length < size && end >= 0) {
    const before = end === 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1);
    lines.push(bytes.subarray(before + 1, end));
    end = before;
  }
  return lines.reverse();
}
