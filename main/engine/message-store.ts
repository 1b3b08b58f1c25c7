import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { ENTRY_BYTES, IndexFile, writeAll } from './index-file.ts';
import { keepAside, STORE_FILES } from './store-aside.ts';

const STATE_BYTES = 17;
const READ_BYTES = 1024 * 1024;

/** Takes one stored message; false stops the reading. length 0: nothing is stored under this number. */
export type StoredVisitor = (seqNum: number, bytes: Uint8Array, from: number, to: number) => boolean;

/**
 * Sequence numbers and outgoing messages of one session, on disk. What `flush` has returned for survives the death of the process
 * (it is the operating system's to write); what survives the machine's is what it had written, and the last orderly close.
 * Every method throws the file system's error when the disk refuses.
 */
export class MessageStore {
  readonly #dir: string;
  #data = -1;
  #dataSize = 0;
  #inbound = -1;
  #index: IndexFile;
  #nextIn = 1;
  #resetPending = false;
  /** nextIn (float64), resetPending (1 byte), entries of the index at that time (float64). */
  readonly #stateBytes = Buffer.alloc(STATE_BYTES);
  #stateDirty = false;
  #batch = Buffer.allocUnsafe(256 * 1024);
  #batchLength = 0;
  #read: Buffer | null = null;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#index = this.#open();
  }

  #open(): IndexFile {
    this.#data = openOrCreate(join(this.#dir, STORE_FILES[0]));
    this.#dataSize = fstatSync(this.#data).size;
    const index = new IndexFile(join(this.#dir, STORE_FILES[1]));
    this.#dropTornTail(index);
    this.#inbound = openOrCreate(join(this.#dir, STORE_FILES[2]));
    const got = readSync(this.#inbound, this.#stateBytes, 0, STATE_BYTES, 0);
    const readable = got === STATE_BYTES;
    const stored = readable ? this.#stateBytes.readDoubleLE(0) : 1;
    // Lower than the truth is harmless (the peer's replay is recognised by PossDup); an unreadable number therefore starts from 1.
    this.#nextIn = Number.isSafeInteger(stored) && stored >= 1 ? stored : 1;
    // An index entry written after the state, just before the crash, knows better; with an empty file every entry was.
    const entriesThen = readable ? this.#stateBytes.readDoubleLE(9) : got === 0 ? 0 : Number.POSITIVE_INFINITY;
    if (index.entries > entriesThen && index.lastNextIn > 0) this.#nextIn = index.lastNextIn;
    this.#resetPending = readable && this.#stateBytes[8] === 1;
    return index;
  }

  /** After a machine crash the index may name bytes that never reached the disk: such a number stays used and is gap-filled. */
  #dropTornTail(index: IndexFile): void {
    for (let n = index.entries - 1; n >= 0; n -= 1) {
      const entry = index.read(n, 1);
      const length = entry.readUInt32LE(8);
      if (length === 0) {
        if (n < index.entries - 1024) return;
        continue;
      }
      if (entry.readDoubleLE(0) + length <= this.#dataSize) return;
      index.blank(n);
    }
  }

  /** Next expected inbound MsgSeqNum. */
  get nextIn(): number {
    return this.#nextIn;
  }

  /** MsgSeqNum of our next message. */
  get nextOut(): number {
    return this.#index.entries + 1;
  }

  /** Takes the message with the next outbound number; an empty range uses the number up without anything to resend. */
  append(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (length === 0) {
      this.#index.append(0, 0);
      return;
    }
    if (this.#batchLength + length > this.#batch.length) this.#flushData();
    if (length > this.#batch.length) {
      writeAll(this.#data, bytes.subarray(from, to), length, this.#dataSize);
      this.#index.append(this.#dataSize, length);
      this.#dataSize += length;
      return;
    }
    this.#batch.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.#batchLength);
    this.#index.append(this.#dataSize + this.#batchLength, length);
    this.#batchLength += length;
  }

  set nextIn(expected: number) {
    this.#nextIn = expected;
    this.#stateDirty = true;
  }

  /** The next Logon must carry ResetSeqNumFlag(141)=Y; kept through a reset, until it is taken back. */
  get resetPending(): boolean {
    return this.#resetPending;
  }

  set resetPending(pending: boolean) {
    this.#resetPending = pending;
    this.#stateDirty = true;
  }

  /** Writes everything. */
  flush(): void {
    this.flushMessages();
    this.flushState();
  }

  /** Writes what was appended, data before index, so that an index entry never names bytes that are not there. Before the messages are sent. */
  flushMessages(): void {
    this.#flushData();
    this.#index.flush(this.#nextIn);
  }

  /** Writes the inbound number and the wish for a reset, if they changed. */
  flushState(): void {
    if (!this.#stateDirty) return;
    this.#stateBytes.writeDoubleLE(this.#nextIn, 0);
    this.#stateBytes[8] = this.#resetPending ? 1 : 0;
    this.#stateBytes.writeDoubleLE(this.#index.entries, 9);
    writeAll(this.#inbound, this.#stateBytes, STATE_BYTES, 0);
    this.#stateDirty = false;
  }

  #flushData(): void {
    if (this.#batchLength === 0) return;
    writeAll(this.#data, this.#batch, this.#batchLength, this.#dataSize);
    this.#dataSize += this.#batchLength;
    this.#batchLength = 0;
  }

  /** Our next number by hand: numbers skipped are gap-filled when asked for, numbers taken back are forgotten. A copy is kept beside. */
  setNextOut(nextOut: number, utc: string): void {
    this.flush();
    if (this.nextOut > 1) keepAside(this.#dir, utc, 'copy');
    this.#index.resize(nextOut - 1);
    this.#stateDirty = true;
    this.flushState();
  }

  /** Visits the numbers first … last in order, reading in big chunks. */
  visit(first: number, last: number, visitor: StoredVisitor): void {
    this.flush();
    this.#read ??= Buffer.allocUnsafeSlow(READ_BYTES);
    const buffer = this.#read;
    let seqNum = first;
    while (seqNum <= last) {
      const entries = this.#index.read(seqNum - 1, last - seqNum + 1);
      if (entries.length === 0) {
        if (!visitor(seqNum, buffer, 0, 0)) return;
        seqNum += 1;
        continue;
      }
      const read = this.#visitChunk(seqNum, entries, buffer, visitor);
      if (read < 0) return;
      seqNum += read;
    }
  }

  /** Visits as many of `entries` as one read of `buffer` covers; answers how many, or −1 when the visitor had enough. */
  #visitChunk(seqNum: number, entries: Buffer, buffer: Buffer, visitor: StoredVisitor): number {
    let chunkStart = -1;
    let chunkEnd = -1;
    for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
      const n = at / ENTRY_BYTES;
      const length = entries.readUInt32LE(at + 8);
      if (length === 0) {
        if (!visitor(seqNum + n, buffer, 0, 0)) return -1;
        continue;
      }
      const offset = entries.readDoubleLE(at);
      if (length > buffer.length) {
        const big = Buffer.allocUnsafe(length);
        const got = readSync(this.#data, big, 0, length, offset);
        if (!visitor(seqNum + n, big, 0, got === length ? length : 0)) return -1;
        continue;
      }
      if (offset < chunkStart || offset + length > chunkEnd) {
        chunkStart = offset;
        chunkEnd = offset + readSync(this.#data, buffer, 0, buffer.length, offset);
      }
      const from = offset - chunkStart;
      const whole = from + length <= chunkEnd - chunkStart;
      if (!visitor(seqNum + n, buffer, from, whole ? from + length : from)) return -1;
    }
    return entries.length / ENTRY_BYTES;
  }

  /** Starts both numbers at 1 again; the old store is kept beside. */
  reset(utc: string): void {
    this.flush();
    if (this.nextOut === 1 && this.#nextIn === 1) return;
    const pending = this.#resetPending;
    this.close();
    keepAside(this.#dir, utc, 'rename');
    this.#index = this.#open();
    this.resetPending = pending;
    this.flush();
  }

  /** Flushes, makes it durable (fsync) and closes. */
  close(): void {
    this.flush();
    fsyncSync(this.#data);
    this.#index.sync();
    fsyncSync(this.#inbound);
    closeSync(this.#data);
    this.#index.close();
    closeSync(this.#inbound);
  }
}

function openOrCreate(path: string): number {
  return openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600);
}
