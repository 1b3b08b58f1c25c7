import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { wordsOf } from '../../fix/codec/checksum.ts';
import {
  ENTRY_BYTES,
  type Entry,
  entryAt,
  nextInAt,
  OLD_ENTRY_BYTES,
  oldEntryAt,
  seqNumAt,
  stampNextIn,
  writeEntry,
} from './index-entry.ts';

const CHUNK_ENTRIES = 4096;
/** So many entries at either end of the file are looked at to tell its format. */
const PROBED = 256;
/** Numbers skipped by the operator have entries of their own, up to so many: beyond, everything before is given up instead of a huge file. */
const MAX_SKIPPED = 1 << 20;

/**
 * The index of the message store: one entry per MsgSeqNum, in order, so that the file's size *is* the next outbound number. Its first entry
 * need not be that of number 1. Entries carry a check: a damaged one is found, and costs its own number only.
 */
export class IndexFile {
  #fd: number;
  readonly #batch = Buffer.allocUnsafeSlow(CHUNK_ENTRIES * ENTRY_BYTES);
  readonly #batchWords = wordsOf(this.#batch);
  #batchLength = 0;
  /** Entries in the file and in the batch. */
  #entries = 0;
  /** MsgSeqNum before the first entry's. */
  #base = 0;
  readonly #read = Buffer.allocUnsafeSlow(CHUNK_ENTRIES * ENTRY_BYTES);
  readonly #readWords = wordsOf(this.#read);

  /**
   * @param dataBytes size of the messages' file, for an index of before entries had a check: it is rewritten, atomically
   * @throws the file system's error
   */
  constructor(path: string, dataBytes: number) {
    this.#fd = openOrCreate(path);
    const size = fstatSync(this.#fd).size;
    this.#entries = Math.floor(size / ENTRY_BYTES);
    const base = this.#findBase();
    if (base === null && this.#isOld(dataBytes)) this.#rewrite(path, dataBytes);
    else ftruncateSync(this.#fd, this.#entries * ENTRY_BYTES);
    this.#base = base ?? 0;
  }

  /** The highest MsgSeqNum that is used. */
  get last(): number {
    return this.#base + this.#entries;
  }

  /** length 0: nothing to resend. */
  append(offset: number, length: number, check: number): void {
    if (this.#batchLength === this.#batch.length) this.#write();
    writeEntry(this.#batchWords, this.#batchLength, this.#base + this.#entries + 1, offset, length, check);
    this.#batchLength += ENTRY_BYTES;
    this.#entries += 1;
  }

  /**
   * Writes what was appended; the last entry also says what is expected inbound, so that one write makes both durable.
   * Throws the file system's error.
   */
  flush(nextIn: number): void {
    if (this.#batchLength === 0) return;
    stampNextIn(this.#batchWords, this.#batchLength - ENTRY_BYTES, nextIn);
    this.#write();
  }

  #write(): void {
    writeAll(this.#fd, this.#batch, this.#batchLength, this.#entries * ENTRY_BYTES - this.#batchLength);
    this.#batchLength = 0;
  }

  /** Makes `last` the highest number that is used. What that adds has nothing to resend, or is lost. */
  resize(last: number, nextIn: number, added: 'empty' | 'lost'): void {
    this.flush(nextIn);
    const length = added === 'lost' ? -1 : 0;
    if (last < this.last && last > this.#base) {
      this.#entries = last - this.#base;
      ftruncateSync(this.#fd, this.#entries * ENTRY_BYTES);
      return;
    }
    if (last < this.last || last - this.last > MAX_SKIPPED) {
      ftruncateSync(this.#fd, 0);
      this.#entries = 0;
      // The file says where it begins by an entry.
      this.#base = Math.max(0, last - 1);
    }
    while (this.last < last) this.append(0, length, 0);
    this.flush(nextIn);
  }

  /** What the last entry says is expected inbound; 0 when it does not. */
  get lastNextIn(): number {
    const seqNum = this.last;
    if (this.load(seqNum, 1) === 0 || seqNumAt(this.#readWords, 0) !== seqNum) return 0;
    return nextInAt(this.#readWords, 0);
  }

  /** Loads entries from `seqNum` on, at most `limit`, for `entry`. @returns how many: 0 where there are none, although later ones may follow */
  load(seqNum: number, limit: number): number {
    return seqNum <= this.#base ? 0 : this.#load(seqNum, limit);
  }

  /** Entry n of those loaded last, from 0; it must be that of `seqNum`. */
  entry(n: number, seqNum: number): Entry {
    return entryAt(this.#readWords, n * ENTRY_BYTES, seqNum);
  }

  #load(seqNum: number, limit: number): number {
    const wanted = Math.min(limit, CHUNK_ENTRIES);
    const got = readSync(this.#fd, this.#read, 0, wanted * ENTRY_BYTES, (seqNum - this.#base - 1) * ENTRY_BYTES);
    return Math.floor(got / ENTRY_BYTES);
  }

  /** The base that most of the good entries at either end of the file speak of; null when there is none. */
  #findBase(): number | null {
    const votes = new Map<number, number>();
    for (const from of [0, Math.max(0, this.#entries - PROBED)]) {
      const loaded = this.#load(from + 1, PROBED);
      for (let n = 0; n < loaded; n += 1) {
        const base = seqNumAt(this.#readWords, n * ENTRY_BYTES) - 1 - from - n;
        if (base >= 0) votes.set(base, (votes.get(base) ?? 0) + 1);
      }
    }
    return [...votes].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? null;
  }

  #isOld(dataBytes: number): boolean {
    const got = readSync(this.#fd, this.#read, 0, PROBED * OLD_ENTRY_BYTES, 0);
    for (let at = 0; at + OLD_ENTRY_BYTES <= got; at += OLD_ENTRY_BYTES)
      if (oldEntryAt(this.#readWords, at, dataBytes).kind !== 'damaged') return true;
    return false;
  }

  #rewrite(path: string, dataBytes: number): void {
    const old = this.#fd;
    const aside = join(dirname(path), 'index.new');
    this.#fd = openSync(aside, 'w+', 0o600);
    this.#entries = 0;
    let nextIn = 0;
    for (let n = 0; ; ) {
      const got = readSync(old, this.#read, 0, this.#read.length, n * OLD_ENTRY_BYTES);
      if (got < OLD_ENTRY_BYTES) break;
      for (let at = 0; at + OLD_ENTRY_BYTES <= got; at += OLD_ENTRY_BYTES, n += 1) {
        const entry = oldEntryAt(this.#readWords, at, dataBytes);
        if (entry.kind === 'message') this.append(entry.offset, entry.length, 0);
        else this.append(0, entry.kind === 'damaged' ? -1 : 0, 0);
        nextIn = entry.kind === 'damaged' ? 0 : nextInAt(this.#readWords, at);
      }
    }
    this.flush(nextIn);
    fsyncSync(this.#fd);
    closeSync(old);
    renameSync(aside, path);
  }

  sync(): void {
    fsyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

export function openOrCreate(path: string): number {
  closeSync(openSync(path, 'a+', 0o600));
  return openSync(path, 'r+');
}

/** Writes all `length` bytes at `position`; a short write (a disk that is nearly full) is continued until the system says why. */
export function writeAll(fd: number, bytes: Uint8Array, length: number, position: number): void {
  let done = 0;
  while (done < length) done += writeSync(fd, bytes, done, length - done, position + done);
}
