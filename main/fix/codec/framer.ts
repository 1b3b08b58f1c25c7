import { ascii, NINE, SOH, ZERO } from './ascii.ts';
import { checkSum, wordsOf } from './checksum.ts';
import type { Dictionary } from './dictionary.ts';
import { type Garbled, GarbledExcerpt, type GarbledReason } from './garbled.ts';
import { MessageView } from './message-view.ts';

export type { Garbled, GarbledReason } from './garbled.ts';

/** Default bound of one message: 1 MiB. */
const DEFAULT_MAX_MESSAGE_BYTES = 1_048_576;

const START = ascii('8=FIX');
const CHECK_SUM = ascii('10=');
/** 10=, three digits, SOH. */
const TRAILER_BYTES = 7;
/** FIXT.1.1, FIX.5.0SP2: nothing longer exists. */
const MAX_BEGIN_STRING = 16;
const MAX_LENGTH_DIGITS = 10;
const INITIAL_BYTES = 65_536;

type Outcome = 'frame' | 'wait' | GarbledReason;

/**
 * Cuts a byte stream into FIX messages: 8=, 9=BodyLength, 35= … 10=CheckSum, with BodyLength and CheckSum verified. Whatever is garbled
 * is skipped and counted, and the search goes on at the next "8=FIX". After each `append`, call `next` until it answers false.
 *
 * Fields are walked while they arrive. A CheckSum(10), or the BodyLength(9) of the next message, at a field boundary before the end that
 * BodyLength claims shows at once that the claim is wrong: it costs its own message only, and no time until that many bytes have come.
 * Memory, whatever BodyLength claims: for the bytes less than 2 × (maxMessageBytes + the largest chunk appended), at least 64 KiB; for the
 * fields in `view` 12 bytes each, doubled as needed, so less than 24 bytes for each byte of a message that is nothing but delimiters.
 * What is found and counted does not depend on how the stream is split into chunks.
 *
 * None of this keeps a larger message than `maxMessageBytes`: whether one came is said by `tooLarge`, and what follows from it is the session's.
 */
export class Framer {
  /** Owned by the framer; the bytes of a frame are valid until the next `append`. */
  buffer: Buffer = Buffer.alloc(INITIAL_BYTES);
  /** First byte ('8') and one past the last byte (SOH of CheckSum) of the frame that `next` found. */
  frameStart = 0;
  frameEnd = 0;
  /** Garbled messages and runs of rubbish since construction. */
  garbledCount = 0;

  /** The fields of the frame that `next` found: already walked, no `parse` needed. Valid until the next `next` or `append`. */
  readonly view: MessageView;
  readonly maxMessageBytes: number;

  private words = wordsOf(this.buffer);
  /** buffer[at, fill) is what is pending. */
  private at = 0;
  private fill = 0;
  /** Of the message that begins at `at`: where its CheckSum must stand; 0 while its first three fields have not been read. */
  private bodyEnd = 0;
  /** One past the last SOH among the bytes of that message seen so far, and how far they were searched for it. */
  private fieldsEnd = 0;
  private searched = 0;
  /** What is being skipped belongs to what was counted last. */
  private skipping = false;
  /** Bytes skipped since the last good message. */
  private skipped = 0;
  private larger: string | null = null;
  private readonly excerpt = new GarbledExcerpt();

  /** The dictionary says which fields are data fields, whose length is announced and which may contain SOH. */
  constructor(dictionary: Dictionary, maxMessageBytes: number = DEFAULT_MAX_MESSAGE_BYTES) {
    this.view = new MessageView(dictionary);
    this.maxMessageBytes = maxMessageBytes;
  }

  /** The last garbled message, or null. */
  get lastGarbled(): Garbled | null {
    return this.excerpt.last;
  }

  /**
   * Null, or what shows that a message larger than the limit came since the last `reset`: its BodyLength, unless the bytes that are there
   * belie it (a CheckSum before that length), or more bytes than the limit without a message in them.
   */
  get tooLarge(): string | null {
    return this.larger;
  }

  /** Copies chunk[start, end) behind what is pending. */
  append(chunk: Uint8Array, start = 0, end: number = chunk.length): void {
    const length = end - start;
    if (this.fill + length > this.buffer.length) this.makeRoom(length);
    if (start === 0 && end === chunk.length) this.buffer.set(chunk, this.fill);
    else this.buffer.set(chunk.subarray(start, end), this.fill);
    this.fill += length;
  }

  /** True: a good message stands in buffer[frameStart, frameEnd). False: more bytes are needed. Never throws. The frame is also in `view`. */
  next(): boolean {
    while (this.at < this.fill) {
      let outcome: Outcome = this.bodyEnd === 0 ? this.readHead() : 'frame';
      if (outcome === 'frame') outcome = this.readBody();
      if (outcome === 'frame') return true;
      if (outcome === 'wait') return false;
      this.skip(outcome);
    }
    this.at = 0;
    this.fill = 0;
    return false;
  }

  /** Forgets pending bytes (a new connection). Counters stay. */
  reset(): void {
    this.at = 0;
    this.fill = 0;
    this.bodyEnd = 0;
    this.skipping = false;
    this.skipped = 0;
    this.larger = null;
  }

  /** BeginString, BodyLength and the tag of MsgType, in this order; as much of them as is there. */
  private readHead(): Outcome {
    const { buffer, fill } = this;
    let at = this.at;
    for (let i = 0; i < START.length; i++, at++) {
      if (at === fill) return 'wait';
      if (buffer[at] !== START[i]) return 'not-fix';
    }
    this.skipping = false;
    for (; ; at++) {
      if (at === fill) return 'wait';
      if (buffer[at] === SOH) break;
      if (at - this.at > MAX_BEGIN_STRING) return 'begin-string';
    }
    if (++at === fill) return 'wait';
    if (buffer[at] !== NINE) return 'body-length-format';
    if (++at === fill) return 'wait';
    if (buffer[at] !== 0x3d) return 'body-length-format';
    let length = 0;
    const digits = ++at;
    for (; ; at++) {
      if (at >= fill) return 'wait';
      const char = buffer[at]!;
      if (char === SOH && at > digits) break;
      if (char < ZERO || char > NINE || at - digits >= MAX_LENGTH_DIGITS) return 'body-length-format';
      length = length * 10 + char - ZERO;
    }
    const bodyStart = ++at;
    const size = bodyStart - this.at + length + TRAILER_BYTES;
    if (size > this.maxMessageBytes) {
      if (this.larger === null && this.isBelievable(bodyStart + length)) this.larger = `a message of ${size} bytes is announced`;
      return 'body-length-too-large';
    }
    if (at === fill) return 'wait';
    if (buffer[at] !== 0x33) return 'msg-type-not-third';
    if (++at === fill) return 'wait';
    if (buffer[at] !== 0x35) return 'msg-type-not-third';
    if (++at === fill) return 'wait';
    if (buffer[at] !== 0x3d) return 'msg-type-not-third';
    this.bodyEnd = bodyStart + length;
    this.startWalk();
    return 'frame';
  }

  /** Whether nothing before `bodyEnd`, as far as it is there, shows that the message ends earlier. */
  private isBelievable(bodyEnd: number): boolean {
    this.startWalk();
    return this.view.walk(this.buffer.lastIndexOf(SOH, this.fill - 1) + 1, bodyEnd, bodyEnd);
  }

  private startWalk(): void {
    this.view.open(this.buffer, this.at);
    this.fieldsEnd = this.at;
    this.searched = this.at;
  }

  private readBody(): Outcome {
    const { buffer, bodyEnd, fill, view } = this;
    if (fill >= bodyEnd) {
      if (buffer[bodyEnd - 1] !== SOH) return 'body-length-wrong';
      this.fieldsEnd = bodyEnd;
    } else {
      let last = fill;
      while (last > this.searched && buffer[last - 1] !== SOH) last--;
      if (last > this.searched) this.fieldsEnd = last;
      this.searched = fill;
    }
    if (!view.walk(this.fieldsEnd, bodyEnd, bodyEnd)) return 'body-length-wrong';
    return fill < bodyEnd ? 'wait' : this.readTrailer();
  }

  private readTrailer(): Outcome {
    const { buffer, bodyEnd } = this;
    const there = Math.min(this.fill - bodyEnd, TRAILER_BYTES);
    let value = 0;
    for (let i = 0; i < there; i++) {
      const char = buffer[bodyEnd + i]!;
      if (i < 3) {
        if (char !== CHECK_SUM[i]) return 'body-length-wrong';
      } else if (i === 6) {
        if (char !== SOH) return 'check-sum-format';
      } else {
        if (char < ZERO || char > NINE) return 'check-sum-format';
        value = value * 10 + char - ZERO;
      }
    }
    if (there < TRAILER_BYTES) return 'wait';
    if (checkSum(buffer, this.words, this.at, bodyEnd) !== value) return 'check-sum-wrong';
    this.frameStart = this.at;
    this.frameEnd = bodyEnd + TRAILER_BYTES;
    this.view.addCheckSum(bodyEnd + 3);
    this.view.close(this.frameEnd);
    this.at = this.frameEnd;
    this.bodyEnd = 0;
    this.skipped = 0;
    return 'frame';
  }

  /** Counts what stands at `at` as garbled and goes on to where the next message may begin. */
  private skip(reason: GarbledReason): void {
    if (!this.skipping) {
      this.garbledCount++;
      this.excerpt.begin(reason);
      this.skipping = true;
    }
    const from = this.at;
    // BodyLength and CheckSum(10) agree on the end, so the lengths of data fields can be believed: a message inside data is none of ours.
    const to = reason === 'check-sum-wrong' ? this.startOutsideData(from + 1) : this.startAfter(from + 1);
    this.excerpt.add(this.buffer, from, to);
    this.skipped += to - from;
    if (this.skipped > this.maxMessageBytes)
      this.larger ??= `more than ${this.maxMessageBytes} bytes came without a message in them`;
    this.at = to;
    this.bodyEnd = 0;
  }

  /** Where "8=FIX", or at the very end a beginning of it, is first found at or after `from`; `fill` when nowhere. */
  private startAfter(from: number): number {
    const { buffer, fill } = this;
    for (let at = from; at < fill; at++) {
      if (buffer[at] !== START[0]) continue;
      let i = 1;
      while (i < START.length && at + i < fill && buffer[at + i] === START[i]) i++;
      if (i === START.length || at + i === fill) return at;
    }
    return fill;
  }

  private startOutsideData(from: number): number {
    const { view } = this;
    let at = this.startAfter(from);
    if (view.wrongLength >= 0) return at;
    for (let i = 1; i < view.count; i++) {
      const isData = view.tags[i] === (view.dictionary.dataTagOf[view.tags[i - 1]!] ?? 0) && view.tags[i] !== 0;
      if (isData && at >= view.valueStarts[i]! && at < view.valueEnds[i]!) at = this.startAfter(view.valueEnds[i]!);
    }
    return at;
  }

  /** Room for `length` more bytes: what is pending moves to the front, of a larger buffer when it must. */
  private makeRoom(length: number): void {
    const pending = this.fill - this.at;
    const from = this.buffer;
    if (pending + length > from.length) {
      this.buffer = Buffer.alloc(Math.max(pending + length, from.length * 2));
      this.words = wordsOf(this.buffer);
    }
    from.copy(this.buffer, 0, this.at, this.fill);
    if (this.bodyEnd !== 0) this.bodyEnd -= this.at;
    this.at = 0;
    this.fill = pending;
    this.startWalk();
  }
}
