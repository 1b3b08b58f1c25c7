import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { isErrno, toError } from '../base/errors.ts';
import type { FixLogLine } from '../contracts/lp-view.ts';
import { parseFixLogLines } from './fix-log-line.ts';
import { LineWindow } from './line-window.ts';

export interface FixLogTailOptions {
  /** Holds one folder per provider. */
  readonly fixLogDir: string;
  readonly clock: Clock;
  /** The log could not be read this time; the tail goes on trying. Told once until it works again. */
  readonly onError: (provider: string, error: Error) => void;
}

type OnLines = (lines: readonly FixLogLine[], skipped: number) => void;

const NEWLINE = 0x0a;
const POLL_MS = 100;
const CHUNK_BYTES = 256 * 1024;
/** Lines of one batch; in a burst the latest are shown and the rest counted. */
const BATCH_LINES = 200;
/** Bytes of a line that a screen gets, of a batch, and of the answer that a tail begins with: the file has all. */
const LINE_BYTES = 8 * 1024;
const BATCH_BYTES = 256 * 1024;
const FIRST_BYTES = 4 * 1024 * 1024;

/** Live tails of the raw FIX logs that the engines write. */
export class FixLogTails {
  readonly #options: FixLogTailOptions;

  constructor(options: FixLogTailOptions) {
    this.#options = options;
  }

  /**
   * Answers with the last `lines` lines of a provider's log, fewer where they are very long, then calls `onLines` at most ten times a second with what is written. Follows
   * the log over rotation. A log that does not exist yet is empty. Rejects when it cannot be read.
   */
  async open(provider: string, lines: number, onLines: OnLines): Promise<FixLogTail> {
    return FixLogTail.open(join(this.#options.fixLogDir, provider, 'fix.log'), provider, lines, onLines, this.#options);
  }

  /** The last `lines` lines, as `open`. Rejects when the log cannot be read. */
  async last(provider: string, lines: number): Promise<readonly FixLogLine[]> {
    const tail = await this.open(provider, lines, () => undefined);
    await tail.close();
    return tail.lines;
  }
}

/** One open tail; ended by `close`. */
export class FixLogTail {
  readonly lines: readonly FixLogLine[];
  readonly #path: string;
  readonly #provider: string;
  readonly #onLines: OnLines;
  readonly #options: FixLogTailOptions;
  readonly #window = new LineWindow(BATCH_LINES, LINE_BYTES, BATCH_BYTES);
  #file: FileHandle | null;
  #position: number;
  #nextN: number;
  #cancel: () => void = () => undefined;
  #polling: Promise<void> = Promise.resolve();
  #closed = false;
  #failing = false;

  private constructor(
    from: { path: string; provider: string; onLines: OnLines; options: FixLogTailOptions },
    start: { file: FileHandle | null; position: number; lines: readonly FixLogLine[] },
  ) {
    this.#path = from.path;
    this.#provider = from.provider;
    this.#onLines = from.onLines;
    this.#options = from.options;
    this.#file = start.file;
    this.#position = start.position;
    this.lines = start.lines;
    this.#nextN = start.lines.length + 1;
    this.#schedule();
  }

  static async open(
    path: string,
    provider: string,
    lines: number,
    onLines: OnLines,
    options: FixLogTailOptions,
  ): Promise<FixLogTail> {
    const from = { path, provider, onLines, options };
    const file = await openIfThere(path);
    if (file === null) return new FixLogTail(from, { file, position: 0, lines: [] });
    try {
      const { position, last } = await readLastLines(file, lines);
      return new FixLogTail(from, { file, position, lines: parseFixLogLines(last, 1) });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#polling;
    await this.#file?.close();
    this.#file = null;
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(POLL_MS, () => {
      this.#polling = this.#poll().finally(() => this.#schedule());
    });
  }

  async #poll(): Promise<void> {
    try {
      await this.#read();
      if (await this.#rotated()) {
        // What was written to the old file between our reading it and its renaming.
        await this.#read();
        this.#window.endFile();
        await this.#file?.close();
        this.#file = null;
        this.#file = await openIfThere(this.#path);
        this.#position = 0;
        await this.#read();
      }
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#options.onError(this.#provider, toError(error));
      this.#failing = true;
    }
    const { lines, skipped } = this.#window.take();
    const parsed = parseFixLogLines(lines, this.#nextN);
    this.#nextN += parsed.length;
    if (!this.#closed && (parsed.length > 0 || skipped > 0)) this.#onLines(parsed, skipped);
  }

  /** Reads on to where the file ended when it was asked; what comes meanwhile is the next poll's. */
  async #read(): Promise<void> {
    const file = this.#file;
    if (file === null) return;
    const { size } = await file.stat();
    if (size < this.#position) {
      this.#position = 0;
      this.#window.endFile();
    }
    while (this.#position < size && !this.#closed) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - this.#position));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, this.#position);
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      this.#window.push(chunk.subarray(0, bytesRead));
    }
  }

  /** Whether another file has the log's name now, or there is one where there was none. */
  async #rotated(): Promise<boolean> {
    const named = await stat(this.#path).catch(absentIsNull);
    if (named === null) return false;
    if (this.#file === null) return true;
    const { ino, dev } = await this.#file.stat();
    return named.ino !== ino || named.dev !== dev;
  }
}

/** Reads back from the end until there are lines enough, at most FIRST_BYTES. */
async function readLastLines(file: FileHandle, lines: number): Promise<{ position: number; last: readonly string[] }> {
  const { size } = await file.stat();
  for (let length = CHUNK_BYTES; ; length *= 4) {
    const start = Math.max(0, size - Math.min(length, FIRST_BYTES));
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    const text = bytes.subarray(0, bytesRead);
    // The first line is whole only where the file begins; the last one, while it is still being written, is read when it is whole.
    const from = start === 0 ? 0 : text.indexOf(NEWLINE) + 1;
    const to = Math.max(from, text.lastIndexOf(NEWLINE) + 1);
    const window = new LineWindow(lines, LINE_BYTES, FIRST_BYTES);
    window.push(text.subarray(from, to));
    const last = window.take().lines;
    if (last.length >= lines || start === 0 || length >= FIRST_BYTES) return { position: start + to, last };
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  return open(path, 'r').catch(absentIsNull);
}

function absentIsNull(error: unknown): null {
  if (isErrno(error) && error.code === 'ENOENT') return null;
  throw error;
}
