import { escapeMessage, isPlain } from '../../logs/fix-log-escape.ts';
import { LogLink, type LogLinkOptions } from '../../logs/log-link.ts';
import { LogPages } from '../../logs/log-pages.ts';
import { OwnFixLog, type OwnLogOptions } from './own-fix-log.ts';
import { STAMP_BYTES, UtcStamp } from './utc-stamp.ts';

const FLUSH_MS = 50;
const INBOUND = 0x49; // I
const OUTBOUND = 0x4f; // O
const SPACE = 0x20;
const NEWLINE = 0x0a;
const HEAD_BYTES = STAMP_BYTES + 3;

/** Who writes the file. */
export type FixLogTarget =
  /** The process that writes all logs of the console, at this socket. Provider null: of a rehearsal, which is written nowhere. */
  | (Pick<LogLinkOptions, 'socket' | 'behind'> & { readonly provider: string | null })
  /** This process, which is an engine by itself. */
  | OwnLogOptions;

export interface FixLogListener {
  /** The log is not written, or lines are lost: told once until that is over. The session goes on. */
  readonly onError: (error: Error) => void;
  /** What an operator should know: the file was taken away and begun anew; it is written again. */
  readonly onNote: (text: string) => void;
}

/**
 * The raw FIX log: lines `YYYY-MM-DDTHH:MM:SS.ffffffZ I|O <message>`, SOH as on the wire, secrets masked before they come here. One message
 * is one line whatever its bytes: see fix-log-escape.ts.
 */
export class FixLog {
  readonly #stamp = new UtcStamp();
  readonly #sink: LogLink | OwnFixLog;
  readonly #pages: LogPages;
  /** Whether lines are handed over at the end of each turn; else every 50 ms. */
  readonly #eager: boolean;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: FixLogTarget & FixLogListener, wallMs: number) {
    this.#stamp.set(wallMs);
    this.#eager = 'socket' in options;
    const written: LogPages['written'] = (page, to) => this.#pages.written(page, to);
    if ('socket' in options) {
      const { socket, provider } = options;
      const opening = { provider: provider ?? '', log: provider === null ? null : ('fix' as const) };
      this.#sink = new LogLink({ ...options, socket, opening, written, ready: () => this.#pages.handOver() });
    } else this.#sink = new OwnFixLog({ ...options, written }, this.#stamp.day);
    this.#pages = new LogPages(this.#sink);
  }

  /** Sets the time of the lines that follow, epoch ms with a fraction. */
  at(wallMs: number): void {
    this.#stamp.set(wallMs);
    if (this.#sink instanceof LogLink || this.#stamp.day === this.#sink.day) return;
    this.flushSync();
    this.#sink.rotate(this.#stamp.day);
  }

  append(direction: 'in' | 'out', bytes: Uint8Array, from: number, to: number): void {
    const pages = this.#pages;
    if (!pages.room(HEAD_BYTES + to - from + 1)) return;
    const { bytes: line, words } = pages.page;
    const start = pages.length + HEAD_BYTES;
    line.set(bytes.subarray(from, to), start);
    if (isPlain(line, words, start, start + to - from)) this.#endLine(pages, direction, to - from);
    else this.#appendEscaped(direction, escapeMessage(bytes.subarray(from, to)));
    if (this.#eager) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#pages.handOver();
    }, FLUSH_MS).unref();
  }

  /** What was appended leaves this process now, when what came before it has: an end by force takes nothing with it then. */
  endTurn(): void {
    if (this.#eager && (this.#sink as LogLink).idle) this.#pages.handOver();
  }

  #appendEscaped(direction: 'in' | 'out', message: Uint8Array): void {
    const pages = this.#pages;
    if (!pages.room(HEAD_BYTES + message.length + 1)) return;
    pages.page.bytes.set(message, pages.length + HEAD_BYTES);
    this.#endLine(pages, direction, message.length);
  }

  /** Puts time and direction in front of the message that stands in the page, and ends its line. */
  #endLine(pages: LogPages, direction: 'in' | 'out', messageBytes: number): void {
    const { bytes } = pages.page;
    const stamp = this.#stamp.bytes;
    let at = pages.length;
    for (let i = 0; i < STAMP_BYTES; i += 1) bytes[at++] = stamp[i] ?? 0;
    bytes[at++] = SPACE;
    bytes[at++] = direction === 'in' ? INBOUND : OUTBOUND;
    bytes[at++] = SPACE;
    at += messageBytes;
    bytes[at++] = NEWLINE;
    pages.length = at;
  }

  /** Brings everything to the operating system, synchronously, as far as that takes it. */
  flushSync(): void {
    this.#pages.handOver();
    this.#sink.flushSync();
  }

  /** Calls back when the operating system has all of it, after `ms` in any case; at once where it can. Nothing is appended after this. */
  end(ms: number, ended: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pages.handOver();
    this.#sink.end(ms, ended);
  }

  close(): void {
    this.end(0, () => undefined);
  }
}
