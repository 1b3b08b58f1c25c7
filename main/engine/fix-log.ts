import { closeSync, fstatSync, mkdirSync, openSync, renameSync, write } from 'node:fs';
import { join } from 'node:path';
import { toError } from '../base/errors.ts';
import { writeAll } from './index-file.ts';
import { archive, rotatedName } from './log-archive.ts';
import { STAMP_BYTES, UtcStamp } from './utc-stamp.ts';

const FLUSH_MS = 50;
const BUFFER_BYTES = 64 * 1024;
/** Buffers that may wait for the disk; beyond that the log writes synchronously, which bounds memory. */
const MAX_WAITING = 64;
const INBOUND = 0x49; // I
const OUTBOUND = 0x4f; // O

export interface FixLogOptions {
  readonly dir: string;
  /** Rotate when the file is this long. */
  readonly maxBytes: number;
  /** Rotated files kept; older ones are deleted. */
  readonly keep: number;
  /** The disk refused: told once until it works again. The lines concerned are lost, the session goes on. */
  readonly onError: (error: Error) => void;
}

/**
 * The raw FIX log: lines `YYYY-MM-DDTHH:MM:SS.ffffffZ I|O <message>`, SOH as on the wire, secrets masked before they come here.
 * Written by this code and not by rotating-file-stream because a crash handler must be able to write, synchronously, what the stream
 * would still hold in its queue; every write names its position, so a write repeated after an interrupted one changes nothing.
 */
export class FixLog {
  readonly #options: FixLogOptions;
  readonly #stamp = new UtcStamp();
  readonly #path: string;
  #fd: number;
  #day: number;
  /** Where the next buffer goes in the file. */
  #position: number;
  #buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #length = 0;
  readonly #waiting: { bytes: Buffer; length: number }[] = [];
  readonly #spare: Buffer[] = [];
  #inFlight: { fd: number; bytes: Buffer; length: number; position: number } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failing = false;
  #archiving: Promise<void> = Promise.resolve();

  constructor(options: FixLogOptions, wallMs: number) {
    this.#options = options;
    mkdirSync(options.dir, { recursive: true });
    this.#path = join(options.dir, 'fix.log');
    this.#fd = openSync(this.#path, 'a', 0o640);
    closeSync(this.#fd);
    this.#fd = openSync(this.#path, 'r+');
    this.#stamp.set(wallMs);
    const { size, mtimeMs } = fstatSync(this.#fd);
    this.#position = size;
    this.#day = size === 0 ? this.#stamp.day : Math.floor(mtimeMs / 86_400_000);
    if (this.#day !== this.#stamp.day) this.#rotate();
    else this.#archive();
  }

  /** Sets the time of the lines that follow, epoch ms with a fraction. */
  at(wallMs: number): void {
    this.#stamp.set(wallMs);
    if (this.#stamp.day === this.#day) return;
    this.flushSync();
    this.#rotate();
  }

  append(direction: 'in' | 'out', bytes: Uint8Array, from: number, to: number): void {
    const needed = STAMP_BYTES + 4 + to - from;
    if (this.#length + needed > this.#buffer.length) this.#next(needed);
    const buffer = this.#buffer;
    let at = this.#length;
    buffer.set(this.#stamp.bytes, at);
    at += STAMP_BYTES;
    buffer[at] = 0x20;
    buffer[at + 1] = direction === 'in' ? INBOUND : OUTBOUND;
    buffer[at + 2] = 0x20;
    buffer.set(bytes.subarray(from, to), at + 3);
    buffer[at + needed - STAMP_BYTES - 1] = 0x0a;
    this.#length += needed;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (this.#length > 0) this.#next(0);
    }, FLUSH_MS).unref();
  }

  /** Hands the current buffer to the disk and takes another. */
  #next(needed: number): void {
    if (this.#length > 0) {
      this.#waiting.push({ bytes: this.#buffer, length: this.#length });
      this.#length = 0;
      this.#buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
      if (this.#waiting.length > MAX_WAITING) this.flushSync();
      else this.#write();
    }
    // A single line longer than a buffer gets one of its own.
    if (needed > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(needed);
  }

  #write(): void {
    if (this.#inFlight !== null) return;
    const first = this.#waiting.shift();
    if (first === undefined) return;
    if (this.#position >= this.#options.maxBytes) this.#rotate();
    const job = { fd: this.#fd, bytes: first.bytes, length: first.length, position: this.#position };
    this.#position += job.length;
    this.#inFlight = job;
    write(job.fd, job.bytes, 0, job.length, job.position, (error, written) => {
      this.#inFlight = null;
      try {
        if (error !== null) throw error;
        if (written < job.length) writeAll(job.fd, job.bytes.subarray(written), job.length - written, job.position + written);
        this.#failing = false;
      } catch (cause) {
        this.#fail(cause);
      }
      if (job.fd !== this.#fd) closeSync(job.fd);
      if (job.bytes.length === BUFFER_BYTES && this.#spare.length < 4) this.#spare.push(job.bytes);
      this.#write();
    });
  }

  /** Writes everything now. For exits and crashes: the write in flight may be cut short by the exit, so it is done again in place. */
  flushSync(): void {
    try {
      const job = this.#inFlight;
      if (job !== null) writeAll(job.fd, job.bytes, job.length, job.position);
      for (const { bytes, length } of this.#waiting) {
        writeAll(this.#fd, bytes, length, this.#position);
        this.#position += length;
      }
      if (this.#length > 0) writeAll(this.#fd, this.#buffer, this.#length, this.#position);
      this.#position += this.#length;
      this.#failing = false;
    } catch (cause) {
      this.#fail(cause);
    }
    // Lines that the disk refused are lost: keeping them would only move the failure into memory.
    this.#waiting.length = 0;
    this.#length = 0;
  }

  #fail(cause: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#options.onError(toError(cause));
  }

  /** The file so far gets a name with its day; compressing and deleting go on in the background. */
  #rotate(): void {
    const name = rotatedName(this.#options.dir, this.#day);
    try {
      renameSync(this.#path, name);
      const old = this.#fd;
      this.#fd = openSync(this.#path, 'w', 0o640);
      // A write in flight still uses the old file; its callback closes it.
      if (this.#inFlight?.fd !== old) closeSync(old);
      this.#position = 0;
      this.#archive();
    } catch (cause) {
      this.#fail(cause);
    }
    this.#day = this.#stamp.day;
  }

  /** One at a time: a burst must not start a compression for each of its files. */
  #archive(): void {
    const { dir, keep, onError } = this.#options;
    this.#archiving = this.#archiving.then(() => archive(dir, keep)).catch(onError);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.flushSync();
  }
}
