import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/** Bytes of one entry: offset (float64), length (uint32), next expected inbound MsgSeqNum when it was written (uint32; 0: not known). */
export const ENTRY_BYTES = 16;

/**
 * The index of the message store: entry n − 1 belongs to MsgSeqNum n, so the file's size *is* the next outbound number. A length of 0
 * means "used, nothing to resend": an admin message, or numbers skipped by the operator (a hole in the file reads as zeros).
 */
export class IndexFile {
  #fd: number;
  #batch = Buffer.allocUnsafe(64 * 1024);
  #batchLength = 0;
  /** Entries in the file and in the batch. */
  #entries: number;
  #read = Buffer.allocUnsafe(64 * 1024);

  constructor(path: string) {
    this.#fd = openSync(path, 'a+', 0o600);
    closeSync(this.#fd);
    this.#fd = openSync(path, 'r+');
    const size = fstatSync(this.#fd).size;
    this.#entries = Math.floor(size / ENTRY_BYTES);
    if (size % ENTRY_BYTES !== 0) ftruncateSync(this.#fd, this.#entries * ENTRY_BYTES);
  }

  get entries(): number {
    return this.#entries;
  }

  append(offset: number, length: number): void {
    if (this.#batchLength + ENTRY_BYTES > this.#batch.length) this.flush(0);
    this.#batch.writeDoubleLE(offset, this.#batchLength);
    this.#batch.writeUInt32LE(length, this.#batchLength + 8);
    this.#batch.writeUInt32LE(0, this.#batchLength + 12);
    this.#batchLength += ENTRY_BYTES;
    this.#entries += 1;
  }

  /**
   * Writes what was appended; the last entry also says what is expected inbound, so that one write makes both durable.
   * Throws the file system's error.
   */
  flush(nextIn: number): void {
    if (this.#batchLength === 0) return;
    this.#batch.writeUInt32LE(nextIn > 0xffff_ffff ? 0 : nextIn, this.#batchLength - 4);
    const at = this.#entries * ENTRY_BYTES - this.#batchLength;
    writeAll(this.#fd, this.#batch, this.#batchLength, at);
    this.#batchLength = 0;
  }

  /** Makes the file exactly `entries` long; new entries are empty. */
  resize(entries: number): void {
    this.flush(0);
    ftruncateSync(this.#fd, entries * ENTRY_BYTES);
    this.#entries = entries;
  }

  /** What the last entry says is expected inbound; 0 when it does not. */
  get lastNextIn(): number {
    if (this.#entries === 0) return 0;
    const entry = this.read(this.#entries - 1, 1);
    return entry.length === ENTRY_BYTES ? entry.readUInt32LE(12) : 0;
  }

  /** Overwrites entry `n` (from 0) with "nothing to resend". */
  blank(n: number): void {
    writeAll(this.#fd, Buffer.alloc(ENTRY_BYTES), ENTRY_BYTES, n * ENTRY_BYTES);
  }

  /** Reads entries from `n` (from 0) on, at most `limit`, into a view that holds until the next read; what is missing reads as empty. */
  read(n: number, limit: number): Buffer {
    const wanted = Math.min(limit * ENTRY_BYTES, this.#read.length);
    const got = readSync(this.#fd, this.#read, 0, wanted, n * ENTRY_BYTES);
    return this.#read.subarray(0, got - (got % ENTRY_BYTES));
  }

  sync(): void {
    fsyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Writes all `length` bytes at `position`; a short write (a disk that is nearly full) is continued until the system says why. */
export function writeAll(fd: number, bytes: Uint8Array, length: number, position: number): void {
  let done = 0;
  while (done < length) done += writeSync(fd, bytes, done, length - done, position + done);
}
