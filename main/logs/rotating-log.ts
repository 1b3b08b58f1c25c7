import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { messageOf } from '../base/errors.ts';

export interface RotatingLogOptions {
  readonly dir: string;
  /** File name without its extension: `events` is written to events.log and kept as events.2026-01-31.1.log.gz. */
  readonly name: string;
  /** Rotated at this size and at midnight UTC, whichever is first. */
  readonly maxBytes: number;
  /** Rotated files kept; older ones are deleted. */
  readonly keep: number;
  /** The disk refused: told once until it works again. The lines concerned are lost; every further line tries anew. */
  readonly onError: (error: Error) => void;
}

/** Lines that may wait for the disk before further ones are dropped, which bounds memory on a disk that hangs. */
const MAX_WAITING = 20_000;

/** A log file that rotates daily and by size, compresses what it rotates and keeps a bounded number of files. */
export class RotatingLog {
  readonly #options: RotatingLogOptions;
  readonly #path: string;
  /** Null after the disk refused, until the next line tries again. */
  #stream: RotatingFileStream | null;
  /** Handed to the stream and not yet acknowledged, oldest first. */
  readonly #waiting = new Set<{ readonly text: string }>();
  /** The disk refuses; told once. */
  #failing = false;
  #closed = false;

  constructor(options: RotatingLogOptions) {
    this.#options = options;
    this.#path = join(options.dir, `${options.name}.log`);
    this.#stream = this.#open();
  }

  /** Appends one line; the newline is added. Never throws and never waits. */
  write(line: string): void {
    if (this.#closed) return;
    if (this.#waiting.size >= MAX_WAITING) {
      this.#fail(new Error('the disk does not keep up, lines are being dropped'));
      return;
    }
    const item = { text: line.endsWith('\n') ? line : `${line}\n` };
    this.#waiting.add(item);
    this.#stream ??= this.#open();
    this.#stream.write(item.text, (error) => {
      this.#waiting.delete(item);
      if (error === null || error === undefined) this.#failing = false;
    });
  }

  /** For the exit of the process: writes what the stream still holds. A line that was just being written may then be there twice, none is lost. */
  flushSync(): void {
    if (this.#waiting.size === 0) return;
    try {
      appendFileSync(this.#path, [...this.#waiting].map(({ text }) => text).join(''));
    } catch (error) {
      this.#fail(error);
    }
    this.#waiting.clear();
  }

  /** Resolves when everything is written. */
  close(): Promise<void> {
    const stream = this.#stream;
    if (this.#closed || stream === null) {
      this.#closed = true;
      return Promise.resolve();
    }
    this.#closed = true;
    return new Promise((resolve) => {
      stream.once('close', resolve);
      stream.end();
    });
  }

  #open(): RotatingFileStream {
    const { dir, name, maxBytes, keep } = this.#options;
    const stream = createStream((time) => (time instanceof Date ? rotatedName(dir, name, time) : `${name}.log`), {
      path: dir,
      size: `${Math.max(1, Math.ceil(maxBytes / 1024))}K`,
      interval: '1d',
      intervalBoundary: true,
      intervalUTC: true,
      initialRotation: true,
      compress: 'gzip',
      maxFiles: keep,
      history: `.${name}.history`,
      mode: 0o640,
    });
    stream.on('error', (error) => {
      this.#fail(error);
      if (this.#stream === stream) this.#stream = null;
    });
    stream.on('warning', (error) => this.#fail(error));
    return stream;
  }

  #fail(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#options.onError(new Error(`${this.#path}: ${messageOf(error)}`, { cause: error }));
  }
}

/**
 * The next name for a rotated file of the day that `time` falls in, the same form as the raw FIX log's. A number is not used again while
 * a later one is there: the numbers of a day are in the order of its files, also when the first of them have been deleted.
 */
function rotatedName(dir: string, name: string, time: Date): string {
  const prefix = `${name}.${time.toISOString().slice(0, 10)}.`;
  const numbers = readdirSync(dir)
    .filter((file) => file.startsWith(prefix))
    .map((file) => Number.parseInt(file.slice(prefix.length), 10))
    .filter((n) => n >= 1);
  return `${prefix}${Math.max(0, ...numbers) + 1}.log.gz`;
}
