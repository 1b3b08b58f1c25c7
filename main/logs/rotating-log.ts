import { appendFileSync } from 'node:fs';
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, messageOf } from '../base/errors.ts';
import { SerialQueue } from '../base/serial-queue.ts';
import { AppendFile } from './append-file.ts';
import { archive, rotatedName } from './log-archive.ts';
import { oneLine } from './one-line.ts';

export interface RotatingLogOptions {
  readonly dir: string;
  /** File name without its extension: `events` is written to events.log and kept as events.2026-01-31.1.log.gz. */
  readonly name: string;
  /** Rotated at this size, and with the first line of a day (UTC). */
  readonly maxBytes: number;
  /** Rotated files kept; older ones are deleted. */
  readonly keep: number;
  /** The disk refused: told once until it works again. The lines concerned are lost; every further line tries anew. */
  readonly onError: (error: Error) => void;
  /** The file was taken away by somebody else and begun anew; lines were lost. */
  readonly onNote?: (text: string) => void;
}

/** What may wait for the disk before further lines are dropped, which bounds memory on a disk that hangs. */
const MAX_WAITING = 20_000;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Of one write. */
const BATCH_LINES = 500;
const LOOK_MS = 2_000;
const DAY_MS = 86_400_000;

/** A log file that rotates daily and by size, compresses what it rotates and keeps a bounded number of files. It never holds up whoever writes. */
export class RotatingLog {
  readonly #options: RotatingLogOptions;
  readonly #path: string;
  /** Null before the first line, and after the disk refused, until the next line or look. */
  #file: AppendFile | null = null;
  /** Not known to be in the file, oldest first. */
  #waiting: string[] = [];
  #waitingBytes = 0;
  /** What uses the file, one after the other. */
  readonly #turns = new SerialQueue();
  #pumping = false;
  #opened = false;
  #look: NodeJS.Timeout | null = null;
  /** The disk refuses; told once. */
  #failing = false;
  /** Since it refuses. */
  #lost = 0;
  #closed = false;
  readonly #archiving = new SerialQueue();

  constructor(options: RotatingLogOptions) {
    this.#options = options;
    this.#path = join(options.dir, `${options.name}.log`);
  }

  /** Appends one line, whatever characters the text has; the newline is added. Never throws and never waits. */
  write(text: string): void {
    if (this.#closed) return;
    const line = `${oneLine(text.endsWith('\n') ? text.slice(0, -1) : text)}\n`;
    if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes >= MAX_WAITING_BYTES) {
      this.#lost += 1;
      this.#fail(new Error('the disk does not keep up, lines are being dropped'));
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#look ??= setInterval(() => void this.#turns.run(() => this.#lookAfter()), LOOK_MS).unref();
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#turns.run(() => this.#pump());
  }

  async #pump(): Promise<void> {
    while (this.#waiting.length > 0) {
      let lines = this.#waiting.slice(0, BATCH_LINES);
      let inFile = 0;
      try {
        const file = await this.#ready();
        lines = upTo(this.#options.maxBytes - file.size, lines);
        await file.append(Buffer.from(lines.join('')), (wholeLines) => {
          inFile = wholeLines;
        });
        this.#recovered();
      } catch (error) {
        this.#lost += lines.length - inFile;
        this.#fail(error);
        await this.#abandon();
      }
      // An exit may have written them meanwhile, and taken them out.
      if (this.#waiting[0] === lines[0]) this.#waiting = this.#waiting.slice(lines.length);
      this.#waitingBytes = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    }
    this.#pumping = false;
  }

  /** The file for the next line. */
  async #ready(): Promise<AppendFile> {
    const file = this.#file ?? (await this.#open());
    const lastDay = file.lastWrittenMs === null ? null : Math.floor(file.lastWrittenMs / DAY_MS);
    if (lastDay === null || (lastDay === Math.floor(Date.now() / DAY_MS) && file.size < this.#options.maxBytes)) return file;
    const { dir, name } = this.#options;
    try {
      await rename(this.#path, rotatedName(dir, name, lastDay, await readdir(dir)));
    } catch (error) {
      // Taken away by somebody else: that is found out, and said, at the next look.
      if (isErrno(error) && error.code === 'ENOENT') return file;
      throw error;
    }
    await this.#abandon();
    this.#archive();
    return this.#open();
  }

  async #open(): Promise<AppendFile> {
    const file = await AppendFile.open(this.#path);
    this.#file = file;
    // What an earlier process left behind half done.
    if (!this.#opened) this.#archive();
    this.#opened = true;
    return file;
  }

  async #abandon(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch((error: unknown) => this.#fail(error));
  }

  /** One at a time. */
  #archive(): void {
    const { dir, name, keep } = this.#options;
    const retention = { keep, keepBytes: 0, keepDays: 0 };
    void this.#archiving.run(() => archive(dir, name, retention, () => undefined).catch((error: unknown) => this.#fail(error)));
  }

  /** Whether the file still has its name, and whether a disk that refused has come back. */
  async #lookAfter(): Promise<void> {
    if (this.#closed) return;
    const file = this.#file;
    try {
      const named = await stat(this.#path).catch(() => null);
      if (file !== null && named !== null && file.is(named)) return;
      const deleted = (await file?.deleted()) ?? false;
      // A file without a name takes everything and keeps nothing; one that was moved away is good until there is another.
      if (deleted) await this.#abandon();
      await this.#open();
      if (file !== null && !deleted) await file.close();
      if (file !== null) {
        const how = deleted ? 'deleted' : 'moved away';
        this.#options.onNote?.(`${this.#path} was ${how} while it was written; it goes on in a new file`);
      }
      this.#recovered();
    } catch (error) {
      this.#fail(error);
    }
  }

  #recovered(): void {
    if (!this.#failing) return;
    this.#failing = false;
    const lost = this.#lost;
    this.#lost = 0;
    this.#options.onNote?.(`${this.#path} is written again${lost === 0 ? '' : `, without ${lost} lines`}`);
  }

  /** For the exit of the process: writes what is not in the file. A line that was just being written may then be there twice, none is lost. */
  flushSync(): void {
    if (this.#waiting.length === 0) return;
    try {
      appendFileSync(this.#path, this.#waiting.join(''));
    } catch (error) {
      this.#fail(error);
    }
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Resolves when everything is written and what was rotated is compressed. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#look !== null) clearInterval(this.#look);
    await this.#turns.run(() => this.#abandon());
    await this.#archiving.run(async () => undefined);
  }

  #fail(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#options.onError(new Error(`${this.#path}: ${messageOf(error)}`, { cause: error }));
  }
}

/** The first of the lines, so many that they fill `bytes`; one at least. */
function upTo(bytes: number, lines: string[]): string[] {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += Buffer.byteLength(line);
    return length >= bytes;
  });
  return end < 0 ? lines : lines.slice(0, end + 1);
}
