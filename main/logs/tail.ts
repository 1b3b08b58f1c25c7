import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { isErrno, toError } from '../base/errors.ts';
import { type LogFilter, linesThat } from '../contracts/log-filter.ts';
import type { FixLogLine } from '../contracts/lp-view.ts';
import { parseFixLogLines } from './fix-log-line.ts';
import { LineWindow } from './line-window.ts';

export interface FixLogTailOptions {
  /** Holds one folder per provider. */
  readonly fixLogDir: string;
  readonly clock: Clock;
  /** Which lines there are: judged before any is left out, in a burst too; null: all. */
  readonly filter: LogFilter | null;
  /** The log could not be read this time; the tail goes on trying. Told once until it works again. */
  readonly onError: (provider: string, error: Error) => void;
}

type Passes = ((line: string) => boolean) | null;
type OnLines = (lines: readonly FixLogLine[], skipped: number) => void;

const NEWLINE = 0x0a;
const POLL_MS = 100;
const CHUNK_BYTES = 256 * 1024;
/** Lines of one batch; in a burst the latest are shown and the rest counted. */
const BATCH_LINES = 200;
/** Bytes of a line that a screen gets, of a batch, and of the answer that a tail begins with: the file has all. */
const LINE_BYTES = 8 * 1024;
const BATCH_BYTES = 256 * 1024;
const ANSWER_BYTES = 1024 * 1024;
/** Read back for that answer. */
const BACK_BYTES = 4 * 1024 * 1024;

/**
 * One open tail of the raw FIX log that an engine writes; ended by `close`. It reads synchronously, in a thread that nothing else waits for:
 * a disk that hangs must not take the threads that all file access of the process shares.
 */
export class FixLogTail {
  /** The last lines of the log when it was opened, oldest first. */
  readonly lines: readonly FixLogLine[];
  readonly #path: string;
  readonly #provider: string;
  readonly #onLines: OnLines;
  readonly #options: FixLogTailOptions;
  readonly #window: LineWindow;
  #file: number | null;
  #position: number;
  #nextN: number;
  #cancel: () => void = () => undefined;
  #closed = false;
  #failing = false;

  /**
   * Begins with the last `lines` lines of a provider's log, fewer where they are very long, then calls `onLines` at most ten times a second
   * with what is written. Follows the log over rotation. A log that does not exist yet is empty.
   *
   * @param firstN number of the first line
   * @throws the file system's error when it cannot be read
   */
  constructor(provider: string, lines: number, firstN: number, onLines: OnLines, options: FixLogTailOptions) {
    const passes = options.filter === null ? null : linesOf(options.filter);
    this.#window = new LineWindow(BATCH_LINES, LINE_BYTES, BATCH_BYTES, passes);
    this.#path = join(options.fixLogDir, provider, 'fix.log');
    this.#provider = provider;
    this.#onLines = onLines;
    this.#options = options;
    this.#file = openIfThere(this.#path);
    const { position, last } = this.#file === null ? { position: 0, last: [] } : closingOnError(this.#file, lines, passes);
    this.#position = position;
    this.lines = parseFixLogLines(last, firstN);
    this.#nextN = firstN + this.lines.length;
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#closeFile();
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(POLL_MS, () => {
      this.#poll();
      if (!this.#closed) this.#schedule();
    });
  }

  #poll(): void {
    try {
      this.#read();
      if (this.#rotated()) {
        // What was written to the old file between our reading it and its renaming.
        this.#read();
        this.#window.endFile();
        this.#closeFile();
        this.#file = openIfThere(this.#path);
        this.#position = 0;
        this.#read();
      }
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#options.onError(this.#provider, toError(error));
      this.#failing = true;
    }
    const { lines, skipped } = this.#window.take();
    const parsed = parseFixLogLines(lines, this.#nextN);
    this.#nextN += parsed.length;
    if (parsed.length > 0 || skipped > 0) this.#onLines(parsed, skipped);
  }

  #closeFile(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  /** Reads on to where the file ended when it was asked, and so much at most; what comes meanwhile is the next poll's. */
  #read(): void {
    const file = this.#file;
    if (file === null) return;
    const { size } = fstatSync(file);
    if (size < this.#position) {
      this.#position = 0;
      this.#window.endFile();
    }
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - this.#position));
    while (this.#position < size) {
      const bytesRead = readSync(file, chunk, 0, Math.min(chunk.length, size - this.#position), this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      this.#window.push(chunk.subarray(0, bytesRead));
    }
  }

  /** Whether another file has the log's name now, or there is one where there was none. */
  #rotated(): boolean {
    const named = statSync(this.#path, { throwIfNoEntry: false });
    if (named === undefined) return false;
    if (this.#file === null) return true;
    const { ino, dev } = fstatSync(this.#file);
    return named.ino !== ino || named.dev !== dev;
  }
}

function closingOnError(file: number, lines: number, passes: Passes): { position: number; last: readonly string[] } {
  try {
    return readLastLines(file, lines, passes);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** A line as it stands in the file; what does not begin with a time goes with no message, and passes no filter. */
function linesOf(filter: LogFilter): Passes {
  const passes = linesThat(filter);
  return (
    passes &&
    ((line) => {
      const [parsed] = parseFixLogLines([line], 0);
      return parsed !== undefined && passes(parsed);
    })
  );
}

/** Reads back from the end until there are lines enough, at most BACK_BYTES. */
function readLastLines(file: number, lines: number, passes: Passes): { position: number; last: readonly string[] } {
  const { size } = fstatSync(file);
  for (let length = CHUNK_BYTES; ; length *= 4) {
    const start = Math.max(0, size - Math.min(length, BACK_BYTES));
    const bytes = Buffer.alloc(size - start);
    const text = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
    // The first line is whole only where the file begins; the last one, while it is still being written, is read when it is whole.
    const from = start === 0 ? 0 : text.indexOf(NEWLINE) + 1;
    const to = Math.max(from, text.lastIndexOf(NEWLINE) + 1);
    const window = new LineWindow(lines, LINE_BYTES, ANSWER_BYTES, passes);
    window.push(text.subarray(from, to));
    const last = window.take().lines;
    if (last.length >= lines || start === 0 || length >= BACK_BYTES) return { position: start + to, last };
  }
}

/** Without waiting for a writer where the name is a pipe's; what is no file is refused when it is read. */
function openIfThere(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}
