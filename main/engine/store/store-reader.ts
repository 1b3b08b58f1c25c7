import { readSync } from 'node:fs';
import { isErrno } from '../../base/errors.ts';
import { checkSum, wordsOf } from '../../fix/codec/checksum.ts';
import type { StoredVisitor } from '../../fix/session/port.ts';
import { checkOf } from './check.ts';
import type { Entry } from './index-entry.ts';
import type { IndexFile } from './index-file.ts';

const READ_BYTES = 1024 * 1024;
const ENTRIES = 4096;
/** `10=nnn` and its SOH. */
const TRAILER_BYTES = 7;
/** Runs of numbers that an alarm names. */
const NAMED_RUNS = 5;
/** Numbers kept as alarmed already; beyond, an alarm may come twice. */
const REMEMBERED = 100_000;

/** Reads stored messages back, in order and in big chunks, and gives out none that is not as it was stored. */
export class StoreReader {
  readonly #data: number;
  readonly #index: IndexFile;
  readonly #alarm: (text: string) => void;
  /** Made when it is first needed: most sessions are never asked for anything. */
  #buffer: Buffer | null = null;
  /** Where in the file the buffer's bytes are from. */
  #start = 0;
  #end = 0;
  readonly #alarmed = new Set<number>();
  #unreadable: number;
  /** Of the visit at hand. */
  #found: number[] = [];

  /** @param unreadable the count to go on with */
  constructor(data: number, index: IndexFile, alarm: (text: string) => void, unreadable: number) {
    this.#data = data;
    this.#index = index;
    this.#alarm = alarm;
    this.#unreadable = unreadable;
  }

  /** Numbers found unreadable so far, each once. */
  get unreadable(): number {
    return this.#unreadable;
  }

  visit(first: number, last: number, visitor: StoredVisitor): void {
    this.#buffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
    this.#start = 0;
    this.#end = 0;
    try {
      this.#walk(first, last, this.#buffer, visitor);
    } finally {
      if (this.#found.length > 0) this.#tell();
    }
  }

  #walk(first: number, last: number, buffer: Buffer, visitor: StoredVisitor): void {
    for (let seqNum = first; seqNum <= last; ) {
      const loaded = this.#index.load(seqNum, Math.min(ENTRIES, last - seqNum + 1));
      if (loaded === 0) {
        if (!visitor(seqNum, buffer, 0, 0)) return;
        seqNum += 1;
      }
      for (let n = 0; n < loaded; n += 1, seqNum += 1) {
        if (!this.#give(seqNum, this.#index.entry(n, seqNum), buffer, visitor)) return;
      }
    }
  }

  #give(seqNum: number, entry: Entry, buffer: Buffer, visitor: StoredVisitor): boolean {
    if (entry.kind === 'empty') return visitor(seqNum, buffer, 0, 0);
    if (entry.kind === 'message') {
      const { offset, length, check } = entry;
      const large = length > buffer.length;
      const bytes = large ? Buffer.allocUnsafe(length) : buffer;
      const from = large ? this.#readLarge(bytes, offset) : this.#readInto(buffer, offset, length);
      if (from >= 0 && isWhole(bytes, from, from + length, check, seqNum)) return visitor(seqNum, bytes, from, from + length);
    }
    this.#miss(seqNum);
    return visitor(seqNum, buffer, 0, 0);
  }

  /** @returns where in the buffer the bytes stand; −1 when they cannot be read */
  #readInto(buffer: Buffer, offset: number, length: number): number {
    if (offset + length > this.#end) {
      this.#start = offset;
      this.#end = offset + this.#readAt(buffer, buffer.length, offset);
    }
    return offset + length <= this.#end ? offset - this.#start : -1;
  }

  #readLarge(bytes: Buffer, offset: number): number {
    return this.#readAt(bytes, bytes.length, offset) === bytes.length ? 0 : -1;
  }

  /** A disk that cannot give back what it was given (EIO) costs what stands there, not the session. */
  #readAt(bytes: Buffer, length: number, offset: number): number {
    try {
      return readSync(this.#data, bytes, 0, length, offset);
    } catch (error) {
      if (isErrno(error) && error.code === 'EIO') return 0;
      throw error;
    }
  }

  #miss(seqNum: number): void {
    if (this.#alarmed.has(seqNum)) return;
    this.#found.push(seqNum);
    this.#unreadable += 1;
    if (this.#alarmed.size < REMEMBERED) this.#alarmed.add(seqNum);
  }

  #tell(): void {
    const what = this.#found.length === 1 ? 'A stored message' : `${this.#found.length} stored messages`;
    this.#alarm(
      `${what} cannot be read back and will not be resent: MsgSeqNum ${runs(this.#found)}. The LP gets a GapFill instead`,
    );
    this.#found = [];
  }
}

/** Messages of before there was a check have their own number and a CheckSum(10) in them. */
function isWhole(bytes: Buffer, from: number, to: number, check: number, seqNum: number): boolean {
  const words = wordsOf(bytes);
  if (check !== 0) return checkOf(words, from, to) === check;
  const trailer = to - TRAILER_BYTES;
  if (trailer < from || (ownNumber(bytes.subarray(from, to)) ?? seqNum) !== seqNum) return false;
  const sum = checkSum(bytes, words, from, trailer);
  return bytes.toString('latin1', trailer, to) === `10=${String(sum).padStart(3, '0')}\u0001`;
}

/** MsgSeqNum(34) of a message; null when it has none. */
function ownNumber(message: Buffer): number | null {
  const at = message.indexOf('\u000134=', 0, 'latin1');
  return at < 0 ? null : Number.parseInt(message.toString('latin1', at + 4, at + 16), 10);
}

/** "4, 7–9, …" */
function runs(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const n of numbers) {
    const run = found.at(-1);
    if (run !== undefined && run[1] === n - 1) run[1] = n;
    else found.push([n, n]);
  }
  const named = found.slice(0, NAMED_RUNS).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  return found.length > NAMED_RUNS ? `${named.join(', ')} and others` : named.join(', ');
}
