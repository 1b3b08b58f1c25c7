import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeDurably, writeDurably } from '../../base/durable-file.ts';
import { wordsOf } from '../../fix/codec/checksum.ts';
import type { StoredVisitor } from '../../fix/session/port.ts';
import { checkOf } from './check.ts';
import { IndexFile, openOrCreate, writeAll } from './index-file.ts';
import { StateFile } from './state-file.ts';
import { keepAside, STORE_FILES } from './store-aside.ts';
import { StoreReader } from './store-reader.ts';

/** Its presence is the wish for a reset: a file that no reset renames, and nothing overwrites. */
const RESET_WANTED = 'reset.wanted';

/**
 * Sequence numbers and outgoing messages of one session, on disk. What `flush` has returned for survives the death of the process
 * (it is the operating system's to write); what survives the machine's is what it had written, and the last orderly close.
 * Every method throws the file system's error when the disk refuses to write. What is damaged on it ends nothing: it is alarmed, and counted.
 */
export class MessageStore {
  readonly #dir: string;
  readonly #alarm: (text: string) => void;
  #data = -1;
  #dataSize = 0;
  #index: IndexFile;
  #state: StateFile;
  #reader: StoreReader;
  #nextIn = 1;
  #resetPending = false;
  #stateDirty = false;
  readonly #batch = Buffer.allocUnsafeSlow(256 * 1024);
  readonly #batchWords = wordsOf(this.#batch);
  #batchLength = 0;

  /** @param alarm hears what is damaged */
  constructor(dir: string, alarm: (text: string) => void = () => undefined) {
    this.#dir = dir;
    this.#alarm = alarm;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    [this.#index, this.#state, this.#reader] = this.#open(0);
  }

  #open(unreadable: number): [IndexFile, StateFile, StoreReader] {
    const [data, index, state] = STORE_FILES.map((name) => join(this.#dir, name)) as [string, string, string];
    this.#data = openOrCreate(data);
    this.#dataSize = fstatSync(this.#data).size;
    const indexFile = new IndexFile(index, this.#dataSize);
    const stateFile = new StateFile(state);
    this.#takeUp(indexFile, stateFile);
    return [indexFile, stateFile, new StoreReader(this.#data, indexFile, this.#alarm, unreadable)];
  }

  #takeUp(index: IndexFile, stateFile: StateFile): void {
    const stored = stateFile.read();
    const known = typeof stored === 'string' ? null : stored;
    // Lower than the truth is harmless (the peer's replay is recognised by PossDup); an unreadable number therefore starts from 1.
    this.#nextIn = known?.nextIn ?? 1;
    this.#resetPending = existsSync(this.#resetWanted);
    if (known?.resetPending === true) this.resetPending = true;
    if (stored === 'damaged')
      this.#alarm('The stored inbound MsgSeqNum is damaged: it is 1 again, and the LP will be asked for everything');
    // An index entry written after the state, just before the crash, knows better; with an empty file every entry was.
    const lastThen = stored === 'new' ? 0 : (known?.lastOut ?? Number.POSITIVE_INFINITY);
    if (index.last > lastThen && index.lastNextIn > 0) this.#nextIn = index.lastNextIn;
    if (known === null || index.last >= lastThen) return;
    this.#alarm(
      `The index of the message store ends at ${index.last}, but ${lastThen} was sent: what is missing cannot be resent`,
    );
    index.resize(lastThen, this.#nextIn, 'lost');
  }

  /** Next expected inbound MsgSeqNum. */
  get nextIn(): number {
    return this.#nextIn;
  }

  /** MsgSeqNum of our next message. */
  get nextOut(): number {
    return this.#index.last + 1;
  }

  /** Stored messages that could not be read back since the store was opened. */
  get unreadable(): number {
    return this.#reader.unreadable;
  }

  /** Takes the message with the next outbound number; an empty range uses the number up without anything to resend. */
  append(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (length === 0) {
      this.#index.append(0, 0, 0);
      return;
    }
    if (this.#batchLength + length > this.#batch.length) this.#flushData();
    if (length > this.#batch.length) {
      writeAll(this.#data, bytes.subarray(from, to), length, this.#dataSize);
      this.#index.append(this.#dataSize, length, checkOf(wordsOf(bytes), from, to));
      this.#dataSize += length;
      return;
    }
    const at = this.#batchLength;
    this.#batch.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), at);
    this.#index.append(this.#dataSize + at, length, checkOf(this.#batchWords, at, at + length));
    this.#batchLength += length;
  }

  set nextIn(expected: number) {
    this.#nextIn = expected;
    this.#stateDirty = true;
  }

  get #resetWanted(): string {
    return join(this.#dir, RESET_WANTED);
  }

  /** The next Logon must carry ResetSeqNumFlag(141)=Y: durable at once, and kept through resets and crashes until it is taken back. */
  get resetPending(): boolean {
    return this.#resetPending;
  }

  set resetPending(pending: boolean) {
    if (pending === this.#resetPending) return;
    if (pending) writeDurably(this.#resetWanted, '');
    else removeDurably(this.#resetWanted);
    this.#resetPending = pending;
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

  /** Writes the inbound number, if it changed. */
  flushState(): void {
    if (this.#stateDirty) this.#writeState(this.#index.last);
  }

  #writeState(lastOut: number): void {
    this.#state.write({ nextIn: this.#nextIn, lastOut });
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
    // First: an index that ends before what the state says looks as if it had lost something.
    this.#writeState(Math.min(this.#index.last, nextOut - 1));
    this.#index.resize(nextOut - 1, this.#nextIn, 'empty');
    this.#writeState(nextOut - 1);
  }

  /** Visits the numbers first … last in order, reading in big chunks. What cannot be read back is an empty range, alarmed and counted. */
  visit(first: number, last: number, visitor: StoredVisitor): void {
    this.flush();
    this.#reader.visit(first, last, visitor);
  }

  /** Starts both numbers at 1 again; the old store is kept beside. */
  reset(utc: string): void {
    this.flush();
    if (this.nextOut === 1 && this.#nextIn === 1) return;
    this.close();
    keepAside(this.#dir, utc, 'rename');
    [this.#index, this.#state, this.#reader] = this.#open(this.#reader.unreadable);
  }

  /** Flushes, makes it durable (fsync) and closes. */
  close(): void {
    this.flush();
    fsyncSync(this.#data);
    this.#index.sync();
    this.#state.sync();
    closeSync(this.#data);
    this.#index.close();
    this.#state.close();
  }
}
