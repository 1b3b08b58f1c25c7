import { fstat, readdirSync, renameSync, stat, write } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isErrno, toError } from '../../base/errors.ts';
import { SerialQueue } from '../../base/serial-queue.ts';
import { archive, rotatedName } from '../log-archive.ts';
import { logTitle } from '../log-wire.ts';
import { CutShort, countLines, LogFile } from './log-file.ts';

/** How soon it is noticed that the file has gone, or that a disk works again. */
const LOOK_MS = 2_000;
/** Bytes that may wait for the disk; beyond that the log writes synchronously, which bounds memory. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface LogWriterOptions<P> {
  readonly path: string;
  /** Rotate when the file is this long. */
  readonly maxBytes: number;
  readonly keep: number;
  /** As in Retention; left out: no limit. */
  readonly keepBytes?: number;
  readonly keepDays?: number;
  /** Where its archiving takes turns with that of others; left out: by itself. */
  readonly archiving?: SerialQueue;
  /** Today, days since the epoch, UTC. */
  readonly day: number;
  /** The disk refused: told once until it works again. */
  readonly onError: (error: Error) => void;
  readonly onNote: (text: string) => void;
  /** The page can be used again. */
  readonly written: (page: P) => void;
}

/** Whole lines. */
interface Lines<P> {
  readonly page: P;
  readonly length: number;
}

/** Lines on their way to the disk. */
interface Job<P> extends Lines<P> {
  readonly file: LogFile;
  /** Where it is being written; null as long as that is not known. */
  at: number | null;
  /** Written or given up synchronously meanwhile: what becomes of the write in flight does not matter. */
  done: boolean;
}

/**
 * Brings pages of whole lines to a log file, in order. A crash handler can write,
 * synchronously, what still waits; every write names its position, so a write repeated after an interrupted
 * one changes nothing. What the disk refuses is lost and counted; the file has whole lines only, in any case.
 */
export class LogWriter<P extends { readonly bytes: Buffer }> {
  readonly #options: LogWriterOptions<P>;
  /** Before `.log`, and before the day of a rotated file. */
  readonly #name: string;
  /** Null while there is none to write to. */
  #file: LogFile | null = null;
  #day: number;
  #waiting: Lines<P>[] = [];
  #waitingBytes = 0;
  #inFlight: Job<P> | null = null;
  readonly #look: NodeJS.Timeout;
  #looking = false;
  #closed = false;
  /** The disk refuses; told once. */
  #failing = false;
  /** It has taken something since it refused. */
  #works = false;
  /** Since it refused. */
  #linesLost = 0;
  readonly #archiving: SerialQueue;

  constructor(options: LogWriterOptions<P>) {
    this.#options = options;
    this.#name = basename(options.path, '.log');
    this.#archiving = options.archiving ?? new SerialQueue();
    this.#day = options.day;
    this.#open();
    const lastWrittenMs = this.#file?.lastWrittenMs ?? null;
    if (lastWrittenMs !== null) this.#day = Math.floor(lastWrittenMs / 86_400_000);
    if (this.#day !== options.day) this.rotate(options.day);
    else if (this.#file !== null) this.#archive();
    this.#look = setInterval(() => this.#lookAfter(), LOOK_MS).unref();
  }

  /** The day of the file, days since the epoch. */
  get day(): number {
    return this.#day;
  }

  /** Takes a page that holds `length` bytes of whole lines. */
  put(page: P, length: number): void {
    this.#waiting.push({ page, length });
    this.#waitingBytes += length;
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.flushSync();
    else this.#write();
  }

  /** Writes the next page, unless one is under way. Everything that asks the file system is asynchronous: a disk that hangs must not hold the session. */
  #write(): void {
    if (this.#inFlight !== null) return;
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.#waitingBytes -= first.length;
    if (this.#file !== null && this.#file.position >= this.#options.maxBytes) this.rotate(this.#day);
    const file = this.#file;
    if (file === null) {
      this.#linesLost += countLines(first.page.bytes, 0, first.length);
      this.#done(first.page);
      return;
    }
    const job: Job<P> = { file, ...first, at: null, done: false };
    this.#inFlight = job;
    fstat(file.fd, (failure, stats) => {
      if (job.done || failure !== null) {
        this.#written(job, 0, failure);
        return;
      }
      job.at = file.place(job.length, stats.size);
      write(file.fd, job.page.bytes, 0, job.length, job.at, (error, written) => this.#written(job, written, error));
    });
  }

  #written(job: Job<P>, written: number, error: Error | null): void {
    const { file, page, length } = job;
    this.#inFlight = null;
    if (!job.done) {
      try {
        if (error !== null) throw new CutShort(0, error);
        file.write(page.bytes, written, length, job.at ?? 0);
        this.#works = true;
      } catch (cause) {
        this.#refused(job, cause);
      }
    }
    if (file !== this.#file) file.close();
    this.#done(page);
  }

  #done(page: P): void {
    this.#options.written(page);
    this.#write();
  }

  /** Writes everything now. For exits and crashes: the write in flight may be cut short by the exit, so it is done again in place. */
  flushSync(): void {
    const job = this.#inFlight;
    const rest: Lines<P>[] = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (job !== null && !job.done) {
      if (job.at === null) rest.unshift(job);
      else if (!this.#repeat(job, job.at)) {
        // Where it ends is known when it comes back: until then nothing can stand behind it, and keeping lines would only move the
        // failure into memory.
        for (const { page, length } of rest) {
          this.#linesLost += countLines(page.bytes, 0, length);
          this.#options.written(page);
        }
        return;
      }
      job.done = true;
    }
    for (const { page, length } of rest) {
      this.#writeSync(page, length);
      // The one in flight comes back by itself.
      if (page !== job?.page) this.#options.written(page);
    }
  }

  /** @returns whether the write in flight is certain now */
  #repeat(job: Job<P>, at: number): boolean {
    try {
      job.file.write(job.page.bytes, 0, job.length, at);
      return true;
    } catch (cause) {
      this.#fail(cause);
      return false;
    }
  }

  #writeSync(page: P, length: number): void {
    const file = this.#file;
    if (file === null) {
      this.#linesLost += countLines(page.bytes, 0, length);
      return;
    }
    const job: Job<P> = { file, page, length, at: null, done: false };
    try {
      job.at = file.placeSync(length);
      file.write(page.bytes, 0, length, job.at);
      this.#works = true;
    } catch (cause) {
      this.#refused(job, cause);
    }
  }

  #refused({ file, page, length, at }: Job<P>, cause: unknown): void {
    this.#fail(cause);
    const done = cause instanceof CutShort ? cause.done : 0;
    this.#linesLost += at === null ? countLines(page.bytes, 0, length) : file.giveBack(page.bytes, length, at, done);
  }

  #fail(cause: unknown): void {
    this.#works = false;
    if (this.#failing) return;
    this.#failing = true;
    this.#options.onError(toError(cause));
  }

  /** Whether the file still has its name, and whether a disk that refused has come back. */
  #lookAfter(): void {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    stat(this.#options.path, (_, named) => {
      this.#looking = false;
      if (this.#closed) return;
      const file = this.#file;
      // Not found, or not to be found out: opening it tells.
      if (file === null || named === undefined || !file.is(named)) this.#beginAnew(file);
      if (this.#failing && this.#works) this.#recovered();
    });
  }

  #recovered(): void {
    const lost = this.#linesLost;
    this.#failing = false;
    this.#linesLost = 0;
    this.#options.onNote(
      `${logTitle(this.#name)} is written again${lost === 0 ? '' : `, without ${lost} lines`}: ${this.#options.path}`,
    );
  }

  /** The name leads nowhere, or to a file of somebody else's: what was moved away keeps what it has. */
  #beginAnew(file: LogFile | null): void {
    const deleted = file?.deleted ?? false;
    this.#open();
    if (this.#file === file) {
      // Moved away, and no other can be made: it goes on there. One without a name takes everything and keeps nothing.
      if (!deleted || file === null) return;
      this.#file = null;
      this.#closeOld(file);
      return;
    }
    this.#works = true;
    if (file === null) return;
    this.#closeOld(file);
    this.#options.onNote(
      deleted
        ? `${logTitle(this.#name)} was deleted while it was written: it begins anew, without the lines of the last ${LOOK_MS / 1_000} s: ${this.#options.path}`
        : `${logTitle(this.#name)} was moved away while it was written: it goes on in a new file: ${this.#options.path}`,
    );
  }

  /** Opens the file in the place of the one that is written to; keeps that where it cannot be opened. */
  #open(): void {
    try {
      this.#file = new LogFile(this.#options.path);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** A write in flight still uses it; its callback closes it then. */
  #closeOld(file: LogFile): void {
    if (this.#inFlight?.file !== file) file.close();
  }

  /** The file so far gets a name with its day; compressing and deleting go on in the background. */
  rotate(today: number): void {
    const day = this.#day;
    this.#day = today;
    const old = this.#file;
    if (old === null) return;
    try {
      const dir = dirname(this.#options.path);
      renameSync(this.#options.path, rotatedName(dir, this.#name, day, readdirSync(dir)));
      this.#open();
      if (this.#file !== old) this.#closeOld(old);
      this.#archive();
    } catch (cause) {
      // Taken away by somebody else: that is found out, and said, at the next look.
      if (!isErrno(cause) || cause.code !== 'ENOENT') this.#fail(cause);
    }
  }

  /** One at a time: a burst must not start a compression for each of its files. */
  #archive(): void {
    const { path, keep, keepBytes = 0, keepDays = 0, onError, onNote } = this.#options;
    const retention = { keep, keepBytes, keepDays };
    void this.#archiving.run(() => archive(dirname(path), this.#name, retention, onNote).catch(onError));
  }

  /** Lets go of the file; what was put is to be flushed before. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#look);
    const file = this.#file;
    this.#file = null;
    if (file !== null) this.#closeOld(file);
  }
}
