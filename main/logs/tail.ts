import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { toError } from '../base/errors.ts';
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

const POLL_MS = 100;
const CHUNK_BYTES = 256 * 1024;
/** Lines of one batch; in a burst the latest are shown and the rest counted. */
const BATCH_LINES = 200;
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** Live tails of the raw FIX logs that the engines write. */
export class FixLogTails {
  readonly #options: FixLogTailOptions;

  constructor(options: FixLogTailOptions) {
    this.#options = options;
  }

  /**
   * Answers with the last `lines` lines of a provider's log, then calls `onLines` at most ten times a second with what is written. Follows
   * the log over rotation. A log that does not exist yet is empty. Rejects when it cannot be read.
   */
  async open(provider: string, lines: number, onLines: OnLines): Promise<FixLogTail> {
    return FixLogTail.open(join(this.#options.fixLogDir, provider, 'fix.log'), provider, lines, onLines, this.#options);
  }
}

/** One open tail; ended by `close`. */
export class FixLogTail {
  readonly lines: readonly FixLogLine[];
  readonly #path: string;
  readonly #provider: string;
  readonly #onLines: OnLines;
  readonly #options: FixLogTailOptions;
  readonly #window = new LineWindow(BATCH_LINES, MAX_LINE_BYTES);
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

async function readLastLines(file: FileHandle, lines: number): Promise<{ position: number; last: string[] }> {
  const { size } = await file.stat();
  let position = size;
  let end = size;
  let text = Buffer.alloc(0);
  let newlines = 0;
  // One newline ends the last line, and one more precedes the first that is wanted.
  while (position > 0 && newlines <= lines) {
    const length = Math.min(CHUNK_BYTES, position);
    const chunk = Buffer.alloc(length);
    await file.read(chunk, 0, length, position - length);
    position -= length;
    for (const byte of chunk) if (byte === 0x0a) newlines += 1;
    text = Buffer.concat([chunk, text]);
  }
  const lastNewline = text.lastIndexOf(0x0a);
  // A line that is still being written is read when it is whole.
  end = size - (text.length - lastNewline - 1);
  const whole = lastNewline === -1 ? [] : text.subarray(0, lastNewline).toString('utf8').split('\n');
  return { position: lastNewline === -1 ? 0 : end, last: lines === 0 ? [] : whole.slice(-lines) };
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  return open(path, 'r').catch(absentIsNull);
}

function absentIsNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
