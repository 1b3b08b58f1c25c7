import { Socket, type SocketConstructorOpts } from 'node:net';
import type { LineSink, Page } from './log-pages.ts';
import { type LogOpening, logTitle } from './log-wire.ts';

/** Bytes that may wait to be written; what comes beyond is lost and counted, which bounds memory. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** With so many waiting the process that writes is behind; it has caught up when half of them are left. */
const BEHIND_BYTES = MAX_WAITING_BYTES / 2;
/** Longer than that nobody holds back for it: a log does not decide about a session. */
const HELD_BACK_MS = 1_000;
const CONNECT_AGAIN_MS = 200;
/** Lines that have not been written for so long are told of. */
const LATE_MS = 3_000;
const NEWLINE = 0x0a;
/** What the system does not take at once is followed by 'drain', however little it is. */
const TELL_EVERY_WRITE: SocketConstructorOpts & { readonly writableHighWaterMark: number } = { writableHighWaterMark: 1 };

export interface LogLinkOptions {
  /** Of the process that writes the logs. */
  readonly socket: string;
  readonly opening: LogOpening;
  /** The log is not written: lines wait, or are lost. Each is told once until all is written again. */
  readonly onError: (error: Error) => void;
  /** It is written again. */
  readonly onNote: (text: string) => void;
  /** See `LogPages.written`. */
  readonly written: (page: Page, to: number) => void;
  /** It is idle: what there is should be put. */
  readonly ready: () => void;
  /**
   * True: more comes than the process that writes takes, and it works; whoever holds back for a moment loses no line. False, after a second at most:
   * it has caught up, or is not worth waiting for; then it must have caught up before it is told of again.
   */
  readonly behind: (behind: boolean) => void;
}

/** Lines that are not known to be written: page[from, to), of which those before `sent` are with the system. */
interface Lines {
  readonly page: Page;
  from: number;
  to: number;
  sent: number;
}

/**
 * Hands the lines of one log to the process that writes the logs, in order, and keeps them until that has written them: when it ends or is replaced they
 * are sent again. Nothing here asks a file system: whatever becomes of the disk of the logs, whoever writes lines does not notice.
 */
export class LogLink implements LineSink {
  readonly #options: LogLinkOptions;
  readonly #title: string;
  #waiting: Lines[] = [];
  /** The first of them that is not wholly sent. */
  #next = 0;
  #bytes = 0;
  /** Null while there is no connection. */
  #socket: Socket | null = null;
  #writing = false;
  /** What the other side has said that it is done with, since it was connected. */
  #done = 0;
  /** When lines were last put where none waited, or written. */
  #movedMs = 0;
  #late: NodeJS.Timeout | null = null;
  /** Whether it has been told of. */
  #saidLate = false;
  #saidLoss = false;
  #lost = 0;
  #again: NodeJS.Timeout | null = null;
  #pace: 'even' | 'behind' | 'given up' = 'even';
  #heldBack: NodeJS.Timeout | null = null;
  #closed = false;
  #whenSent: (() => void) | null = null;

  constructor(options: LogLinkOptions) {
    this.#options = options;
    this.#title = logTitle(options.opening.log ?? '');
    this.#connect();
  }

  /** What is put now is with the system when `put` returns, and outlives this process. */
  get idle(): boolean {
    return this.#socket !== null && !this.#writing;
  }

  get full(): boolean {
    return this.#bytes >= MAX_WAITING_BYTES;
  }

  put(page: Page, from: number, to: number): void {
    const last = this.#waiting.at(-1);
    if (last === undefined) this.#movedMs = performance.now();
    if (last !== undefined && last.page === page && last.to === from) {
      last.to = to;
      this.#next = Math.min(this.#next, this.#waiting.length - 1);
    } else this.#waiting.push({ page, from, to, sent: from });
    this.#bytes += to - from;
    this.#late ??= setTimeout(() => this.#look(), LATE_MS).unref();
    if (this.#pace === 'even' && this.#bytes >= BEHIND_BYTES) this.#fallBehind();
    this.#sendAll();
  }

  #fallBehind(): void {
    this.#pace = 'behind';
    this.#options.behind(true);
    this.#heldBack = setTimeout(() => this.#goOn('given up'), HELD_BACK_MS);
  }

  #goOn(pace: 'even' | 'given up'): void {
    if (this.#heldBack !== null) clearTimeout(this.#heldBack);
    this.#heldBack = null;
    const held = this.#pace === 'behind';
    this.#pace = pace;
    if (held) this.#options.behind(false);
  }

  lose(): void {
    this.#lost += 1;
    if (this.#saidLoss) return;
    this.#saidLoss = true;
    const mb = Math.round(MAX_WAITING_BYTES / 1_048_576);
    this.#fail(`${mb} MB of it wait for its disk, or for the process that writes it: further lines are lost until that answers`);
  }

  /** For the exit of the process: gives the system what it takes at once. */
  flushSync(): void {
    while (this.#socket !== null && this.#send()) {
      // One page after the other.
    }
  }

  /**
   * Calls back when the system has all that was put, at once where it has. After `ms` in any case, or at once where nothing has been written for long;
   * then it is told how many lines are lost by that. Nothing may be put after this.
   */
  end(ms: number, sent: () => void): void {
    this.#closed = true;
    this.#goOn('given up');
    let timer: NodeJS.Timeout | null = null;
    const end = (): void => {
      this.#whenSent = null;
      if (timer !== null) clearTimeout(timer);
      if (this.#late !== null) clearTimeout(this.#late);
      if (this.#again !== null) clearTimeout(this.#again);
      const lost = this.#lost + this.#waiting.reduce((sum, { page, sent: from, to }) => sum + linesIn(page.bytes, from, to), 0);
      if (lost > 0) this.#fail(`${lost} lines of it were lost, because its disk, or the process that writes it, did not answer`);
      this.#socket?.end();
      sent();
    };
    this.flushSync();
    const isSent = this.#waiting.every((lines) => lines.sent === lines.to) && (this.#socket?.writableLength ?? 0) === 0;
    if (isSent || this.#saidLate || this.#saidLoss) {
      end();
      return;
    }
    this.#whenSent = end;
    timer = setTimeout(end, ms);
  }

  #connect(): void {
    const socket = new Socket(TELL_EVERY_WRITE);
    socket.setEncoding('latin1');
    let rest = '';
    socket.on('connect', () => {
      // A log keeps no process alive.
      socket.unref();
      this.#socket = socket;
      if (socket.write(`${JSON.stringify(this.#options.opening)}\n`)) this.#drained();
      else this.#writing = true;
    });
    socket.on('drain', () => this.#drained());
    socket.on('data', (text) => {
      const lines = (rest + String(text)).split('\n');
      rest = lines.pop() ?? '';
      const done = Number(lines.at(-1) ?? this.#done);
      if (done > this.#done) this.#written(done - this.#done);
      this.#done = done;
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#socket = null;
      this.#writing = false;
      this.#done = 0;
      this.#next = 0;
      for (const lines of this.#waiting) lines.sent = lines.from;
      if (!this.#closed || this.#whenSent !== null) this.#again = setTimeout(() => this.#connect(), CONNECT_AGAIN_MS).unref();
    });
    socket.connect(this.#options.socket);
  }

  #drained(): void {
    this.#writing = false;
    this.#sendAll();
    if (this.idle) this.#options.ready();
    if (this.idle) this.#whenSent?.();
  }

  #sendAll(): void {
    while (this.idle && this.#send()) {
      // One page after the other.
    }
  }

  /** @returns whether there was something to send */
  #send(): boolean {
    if (this.#socket === null) return false;
    let lines = this.#waiting[this.#next];
    while (lines !== undefined && lines.sent === lines.to) {
      this.#next += 1;
      lines = this.#waiting[this.#next];
    }
    if (lines === undefined) return false;
    const bytes = lines.page.bytes.subarray(lines.sent, lines.to);
    lines.sent = lines.to;
    this.#writing = !this.#socket.write(bytes);
    return true;
  }

  /** The oldest `bytes` that wait are done with. */
  #written(bytes: number): void {
    this.#movedMs = performance.now();
    let done = bytes;
    let whole = 0;
    for (const lines of this.#waiting) {
      const length = Math.min(done, lines.sent - lines.from);
      lines.from += length;
      done -= length;
      this.#bytes -= length;
      if (lines.from < lines.to) break;
      whole += 1;
    }
    if (this.#bytes <= BEHIND_BYTES / 2 && this.#pace !== 'even') this.#goOn('even');
    const gone = this.#waiting.splice(0, whole);
    this.#next = Math.max(0, this.#next - whole);
    for (const { page, to } of gone) this.#options.written(page, to);
    if (this.#waiting.length === 0) this.#recovered();
  }

  #look(): void {
    this.#late = null;
    if (this.#waiting.length === 0) return;
    if (performance.now() - this.#movedMs >= LATE_MS && !this.#saidLate) {
      this.#saidLate = true;
      this.#fail('its disk, or the process that writes it, does not answer; its lines are kept meanwhile');
    }
    this.#late = setTimeout(() => this.#look(), LATE_MS).unref();
  }

  #recovered(): void {
    if (!this.#saidLate && !this.#saidLoss) return;
    this.#saidLate = false;
    this.#saidLoss = false;
    const lost = this.#lost;
    this.#lost = 0;
    this.#options.onNote(
      `${this.#title} is written again${lost === 0 ? ', and nothing was lost' : `: ${lost} lines of it were lost`}`,
    );
  }

  #fail(text: string): void {
    this.#options.onError(new Error(text));
  }
}

function linesIn(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE, from); at >= 0 && at < to; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
