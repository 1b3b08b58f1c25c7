import { join } from 'node:path';
import { escapeMessage, isPlain } from '../../logs/fix-log-escape.ts';
import { LogWriter } from './log-writer.ts';
import { STAMP_BYTES, UtcStamp } from './utc-stamp.ts';

const FLUSH_MS = 50;
const PAGE_BYTES = 64 * 1024;
const SPARE_PAGES = 64;
const INBOUND = 0x49; // I
const OUTBOUND = 0x4f; // O
const SPACE = 0x20;
const NEWLINE = 0x0a;
const HEAD_BYTES = STAMP_BYTES + 3;

export interface FixLogOptions {
  readonly dir: string;
  /** Rotate when the file is this long. */
  readonly maxBytes: number;
  /** Rotated files kept; older ones are deleted. */
  readonly keep: number;
  /** The disk refused: told once until it works again. The lines concerned are lost, the session goes on. */
  readonly onError: (error: Error) => void;
  /** What an operator should know: the file was taken away and begun anew; lines were lost. */
  readonly onNote: (text: string) => void;
}

interface Page {
  readonly bytes: Buffer;
  /** The same memory. */
  readonly words: DataView;
}

/**
 * The raw FIX log: lines `YYYY-MM-DDTHH:MM:SS.ffffffZ I|O <message>`, SOH as on the wire, secrets masked before they come here. One message
 * is one line whatever its bytes: see fix-log-escape.ts.
 */
export class FixLog {
  readonly #stamp = new UtcStamp();
  readonly #writer: LogWriter<Page>;
  readonly #spare: Page[] = [];
  #page: Page = newPage(PAGE_BYTES);
  #length = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: FixLogOptions, wallMs: number) {
    this.#stamp.set(wallMs);
    this.#writer = new LogWriter({
      ...options,
      path: join(options.dir, 'fix.log'),
      day: this.#stamp.day,
      written: (page) => {
        if (page.bytes.length === PAGE_BYTES && this.#spare.length < SPARE_PAGES) this.#spare.push(page);
      },
    });
  }

  /** Sets the time of the lines that follow, epoch ms with a fraction. */
  at(wallMs: number): void {
    this.#stamp.set(wallMs);
    if (this.#stamp.day === this.#writer.day) return;
    this.flushSync();
    this.#writer.rotate(this.#stamp.day);
  }

  append(direction: 'in' | 'out', bytes: Uint8Array, from: number, to: number): void {
    this.#room(HEAD_BYTES + to - from + 1);
    const { bytes: line, words } = this.#page;
    const start = this.#length + HEAD_BYTES;
    line.set(bytes.subarray(from, to), start);
    if (isPlain(line, words, start, start + to - from)) this.#endLine(direction, to - from);
    else this.#appendEscaped(direction, escapeMessage(bytes.subarray(from, to)));
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#turnPage();
    }, FLUSH_MS).unref();
  }

  #appendEscaped(direction: 'in' | 'out', message: Uint8Array): void {
    this.#room(HEAD_BYTES + message.length + 1);
    this.#page.bytes.set(message, this.#length + HEAD_BYTES);
    this.#endLine(direction, message.length);
  }

  /** Puts time and direction in front of the message that stands in the page, and ends its line. */
  #endLine(direction: 'in' | 'out', messageBytes: number): void {
    const { bytes } = this.#page;
    const stamp = this.#stamp.bytes;
    let at = this.#length;
    for (let i = 0; i < STAMP_BYTES; i += 1) bytes[at++] = stamp[i] ?? 0;
    bytes[at++] = SPACE;
    bytes[at++] = direction === 'in' ? INBOUND : OUTBOUND;
    bytes[at++] = SPACE;
    at += messageBytes;
    bytes[at++] = NEWLINE;
    this.#length = at;
  }

  /** Makes the page one that has room for so many bytes more. */
  #room(needed: number): void {
    if (this.#length + needed <= this.#page.bytes.length) return;
    this.#turnPage();
    // A single line longer than a page gets one of its own.
    if (needed > this.#page.bytes.length) this.#page = newPage(needed);
  }

  /** Hands the page to the disk and takes another. */
  #turnPage(): void {
    if (this.#length === 0) return;
    this.#writer.put(this.#page, this.#length);
    this.#length = 0;
    this.#page = this.#spare.pop() ?? newPage(PAGE_BYTES);
  }

  /** Brings everything to the operating system, synchronously. */
  flushSync(): void {
    this.#turnPage();
    this.#writer.flushSync();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.flushSync();
    this.#writer.close();
  }
}

function newPage(length: number): Page {
  const bytes = Buffer.allocUnsafeSlow(length);
  return { bytes, words: new DataView(bytes.buffer) };
}
