import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { toError } from '../../base/errors.ts';

const NEWLINE = 0x0a;
const MODE = 0o600;

/** The system took only the first `done` bytes of a write. */
export class CutShort extends Error {
  readonly done: number;

  constructor(done: number, cause: Error) {
    super(cause.message, { cause });
    this.done = done;
  }
}

/** One open file of a log, written at positions: it never has a hole, nor anything but whole lines before `position`. */
export class LogFile {
  readonly fd: number;
  /** Of the file as it was opened, epoch ms; null when there was nothing in it. */
  readonly lastWrittenMs: number | null;
  readonly #ino: number;
  readonly #dev: number;
  #position: number;

  /** Opens the file for appending; makes it, and its folder, where there is none. @throws the file system's error */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
    // Something else in its place, such as a FIFO that nobody reads, must not hold up whoever opens it.
    closeSync(openSync(path, O_WRONLY | O_APPEND | O_CREAT | (O_NONBLOCK ?? 0), MODE));
    this.fd = openSync(path, 'r+');
    const stats = fstatSync(this.fd);
    const { size, mtimeMs, ino, dev } = stats;
    if (stats.isFIFO()) {
      closeSync(this.fd);
      throw new Error(`${path} is a FIFO`);
    }
    this.#ino = ino;
    this.#dev = dev;
    this.lastWrittenMs = size === 0 ? null : mtimeMs;
    this.#position = size;
    this.#endLastLine();
  }

  /** A process that was ended while it wrote left half a line: what follows begins a line of its own. */
  #endLastLine(): void {
    const last = Buffer.of(NEWLINE);
    try {
      if (this.#position > 0) readSync(this.fd, last, 0, 1, this.#position - 1);
      if (last[0] !== NEWLINE) this.#position += writeSync(this.fd, Buffer.of(NEWLINE), 0, 1, this.#position);
    } catch (error) {
      closeSync(this.fd);
      throw error;
    }
  }

  get position(): number {
    return this.#position;
  }

  /** Takes the place of the next `length` bytes in a file of `size`. Where somebody else has cut it short it goes on at the end that is there. */
  place(length: number, size: number): number {
    const at = Math.min(this.#position, size);
    this.#position = at + length;
    return at;
  }

  placeSync(length: number): number {
    return this.place(length, fstatSync(this.fd).size);
  }

  /** Writes bytes[from, length) at the place `at + from`. @throws CutShort when the system does not take all of them */
  write(bytes: Uint8Array, from: number, length: number, at: number): void {
    let done = from;
    try {
      while (done < length) done += writeSync(this.fd, bytes, done, length - done, at + done);
    } catch (error) {
      throw new CutShort(done, toError(error));
    }
  }

  /**
   * The last place taken, `at`, got only `done` of the bytes: keeps the whole lines among them and gives the rest of the place back.
   *
   * @returns how many lines of bytes[0, length) are lost
   */
  giveBack(bytes: Uint8Array, length: number, at: number, done: number): number {
    const kept = done === 0 ? 0 : bytes.lastIndexOf(NEWLINE, done - 1) + 1;
    this.#position = at + kept;
    try {
      ftruncateSync(this.fd, this.#position);
    } catch {
      // Half a line stays behind the position; the next line overwrites it.
    }
    return countLines(bytes, kept, length);
  }

  /** Whether the file has no name any more: what is written to it is nowhere. */
  get deleted(): boolean {
    return fstatSync(this.fd).nlink === 0;
  }

  /** Whether a path that leads to `named` leads to this file. */
  is(named: { readonly ino: number; readonly dev: number }): boolean {
    return named.ino === this.#ino && named.dev === this.#dev;
  }

  close(): void {
    closeSync(this.fd);
  }
}

export function countLines(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE, from); at >= 0 && at < to; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
