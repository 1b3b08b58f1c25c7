import { EQUALS, SOH, ZERO } from './ascii.ts';
import type { Dictionary } from './dictionary.ts';
import { digitsAt } from './digits.ts';
import { msgTypeString } from './msg-type.ts';
import { parseUtcTimestamp } from './utc-timestamp.ts';

/** Tags whose first place is noted while walking, so that reading them costs no search; their number in `noted`, from 1. */
const NOTED = new Uint8Array(256);
[35, 34, 43, 97, 52, 122].forEach((tag, i) => {
  NOTED[tag] = i + 1;
});
const NOTED_MSG_TYPE = 1;
const NOTED_MSG_SEQ_NUM = 2;
const NOTED_POSS_DUP = 3;
const NOTED_POSS_RESEND = 4;
const NOTED_SENDING_TIME = 5;
const NOTED_ORIG_SENDING_TIME = 6;

const YES = 0x59;
const BODY_LENGTH = 9;
const CHECK_SUM = 10;
/** Longer tags and lengths are malformed. */
const MAX_DIGITS = 9;
/** YYYYMMDD-HH:MM:SS */
const UTC_SECONDS_BYTES = 17;

/**
 * The fields of one message in place: no copy, no object per field or message. Reused for every message of a session;
 * what it answers is valid until the next `parse` and while the parsed buffer is unchanged.
 */
export class MessageView {
  buffer: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Number of fields, including 8, 9 and 10. */
  count = 0;
  /** By field index: tag (0 when malformed), first byte of the value, one past the last byte of the value. */
  tags: Int32Array = new Int32Array(256);
  valueStarts: Int32Array = new Int32Array(256);
  valueEnds: Int32Array = new Int32Array(256);

  /** MsgType(35) packed as by `msgTypeCode`; compare with MSG_TYPE. */
  msgTypeCode = 0;
  /** MsgSeqNum(34), or -1 when missing or not a number. */
  msgSeqNum = -1;
  /** PossDupFlag(43)=Y, PossResend(97)=Y. */
  possDup = false;
  possResend = false;
  /** Index of the first length field whose number does not lead to the end of its data field, or -1. */
  wrongLength = -1;

  readonly dictionary: Dictionary;
  /** Where the walk goes on: a field boundary. */
  private at = 0;
  private readonly noted = new Int32Array(8);

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  /** Walks buffer[start, end), whose last byte is SOH (else the view is empty). Never throws: what is malformed is for `validate` to say. */
  parse(buffer: Buffer, start: number, end: number): void {
    this.open(buffer, start);
    if (end > start && buffer[end - 1] === SOH) this.walk(end, end, start);
    this.close(end);
  }

  /** Starts a walk at `start`. For the framer. */
  open(buffer: Buffer, start: number): void {
    this.buffer = buffer;
    this.start = start;
    this.end = start;
    this.at = start;
    this.count = 0;
    this.wrongLength = -1;
    this.noted.fill(-1);
  }

  /**
   * Notes the fields from where the last walk stopped up to `limit`, whose byte before is SOH. A data field that ends behind `limit` but
   * before `bodyEnd` is left for the next walk. False: before `checkSumAt` stands a field that only frames messages, CheckSum(10) or a second
   * BodyLength(9); the walk stopped there. For the framer.
   */
  walk(limit: number, bodyEnd: number, checkSumAt: number): boolean {
    const buffer = this.buffer;
    const dataTagOf = this.dictionary.dataTagOf;
    const noted = this.noted;
    let { tags, valueStarts, valueEnds } = this;
    let count = this.count;
    let at = this.at;
    let announced = count > 0 ? (dataTagOf[tags[count - 1]!] ?? 0) : 0;
    while (at < limit) {
      const fieldStart = at;
      let digit = buffer[at]! - ZERO;
      let tag = 0;
      // TagNum has no leading zeros (FIX 4.4 volume 1, data types), so the first digit is 1 … 9.
      if ((digit - 1) >>> 0 < 9) {
        do {
          tag = (tag * 10 + digit) | 0;
          digit = buffer[++at]! - ZERO;
        } while (digit >>> 0 <= 9);
        if (buffer[at] !== EQUALS || at - fieldStart > MAX_DIGITS) tag = 0;
      }
      if (tag === 0) {
        while (buffer[at] !== EQUALS && buffer[at] !== SOH) at++;
      } else if (fieldStart < checkSumAt && (tag === CHECK_SUM || (tag === BODY_LENGTH && count !== 1))) {
        this.count = count;
        this.at = fieldStart;
        return false;
      }
      if (buffer[at] === EQUALS) at++;
      const valueStart = at;
      if (announced !== 0 && tag === announced) {
        const valueEnd = this.dataEnd(count - 1, valueStart);
        if (valueEnd >= limit && valueEnd < bodyEnd) {
          at = fieldStart;
          break;
        }
        if (valueEnd >= 0 && valueEnd < limit && buffer[valueEnd] === SOH) at = valueEnd;
        else if (this.wrongLength < 0) this.wrongLength = count - 1;
      }
      while (buffer[at] !== SOH) at++;
      if (count === tags.length) {
        this.grow();
        ({ tags, valueStarts, valueEnds } = this);
      }
      tags[count] = tag;
      valueStarts[count] = valueStart;
      valueEnds[count] = at;
      const note = tag < 256 ? NOTED[tag]! : 0;
      if (note !== 0 && noted[note]! < 0) noted[note] = count;
      announced = tag < dataTagOf.length ? dataTagOf[tag]! : 0;
      count++;
      at++;
    }
    this.count = count;
    this.at = at;
    return true;
  }

  /** Adds the CheckSum field that the framer has verified. */
  addCheckSum(valueStart: number): void {
    if (this.count === this.tags.length) this.grow();
    this.tags[this.count] = CHECK_SUM;
    this.valueStarts[this.count] = valueStart;
    this.valueEnds[this.count] = valueStart + 3;
    this.count++;
  }

  /** Ends a walk: reads what the session asks of every message. For the framer. */
  close(end: number): void {
    this.end = end;
    this.msgTypeCode = this.packedMsgType(this.noted[NOTED_MSG_TYPE]!);
    this.msgSeqNum = this.unsigned(this.noted[NOTED_MSG_SEQ_NUM]!);
    this.possDup = this.isYes(this.noted[NOTED_POSS_DUP]!);
    this.possResend = this.isYes(this.noted[NOTED_POSS_RESEND]!);
  }

  /** MsgType(35) as a string, the same object every time. */
  get msgType(): string {
    const index = this.noted[NOTED_MSG_TYPE]!;
    return this.msgTypeCode === 0 && index >= 0 ? this.valueString(index) : msgTypeString(this.msgTypeCode);
  }

  /** SendingTime(52) in epoch ms, or -1 when missing or malformed. */
  get sendingTimeMs(): number {
    return this.timestampAt(this.noted[NOTED_SENDING_TIME]!);
  }
  /** OrigSendingTime(122) in epoch ms, or -1 when missing or malformed. */
  get origSendingTimeMs(): number {
    return this.timestampAt(this.noted[NOTED_ORIG_SENDING_TIME]!);
  }
  /** Whether SendingTime(52) has no fraction of a second. */
  get sendingTimeInSeconds(): boolean {
    const index = this.noted[NOTED_SENDING_TIME]!;
    return index >= 0 && this.valueEnds[index]! - this.valueStarts[index]! === UTC_SECONDS_BYTES;
  }
  /**
   * Whether OrigSendingTime(122) is later than SendingTime(52), at the coarser of their precisions: the same moment written in seconds
   * is not before itself in milliseconds. False when one of them is missing or malformed.
   */
  get sentBeforeOriginal(): boolean {
    if (this.sendingTimeMs < 0 || this.origSendingTimeMs < 0) return false;
    const sending = this.noted[NOTED_SENDING_TIME]!;
    const original = this.noted[NOTED_ORIG_SENDING_TIME]!;
    const from = this.valueStarts[sending]!;
    const originalFrom = this.valueStarts[original]!;
    const length = Math.min(this.valueEnds[sending]! - from, this.valueEnds[original]! - originalFrom);
    // What both are written to orders as its bytes do.
    return this.buffer.compare(this.buffer, from, from + length, originalFrom, originalFrom + length) > 0;
  }

  /** Index of the first field with this tag, or -1. */
  find(tag: number): number {
    const tags = this.tags;
    for (let i = 0; i < this.count; i++) {
      if (tags[i] === tag) return i;
    }
    return -1;
  }
  has(tag: number): boolean {
    return this.find(tag) >= 0;
  }

  /** Value of the first field with this tag as an integer (minus and leading zeros allowed), or null when missing or not one. */
  int(tag: number): number | null {
    const index = this.find(tag);
    if (index < 0) return null;
    const start = this.valueStarts[index]!;
    const negative = this.buffer[start] === 0x2d;
    const value = digitsAt(this.buffer, negative ? start + 1 : start, this.valueEnds[index]!);
    return value < 0 ? null : negative ? -value : value;
  }
  /** Value of the first field with this tag, or null when missing. Bytes above 0x7F read as UTF-8. */
  string(tag: number): string | null {
    const index = this.find(tag);
    return index < 0 ? null : this.valueString(index);
  }
  /** True when the first field with this tag is Y. */
  flag(tag: number): boolean {
    return this.isYes(this.find(tag));
  }
  /** UTCTimestamp in epoch ms (fractions below a millisecond cut off), or -1 when missing or malformed. */
  utcTimestampMs(tag: number): number {
    return this.timestampAt(this.find(tag));
  }

  /** The integer before the = of field `index` as it is written, also one that is no tag (0, -1, 007); null when there is none. */
  writtenTag(index: number): string | null {
    const start = index === 0 ? this.start : this.valueEnds[index - 1]! + 1;
    const written = this.buffer.toString('latin1', start, this.valueStarts[index]);
    return /^(-?\d{1,15})=$/.exec(written)?.[1] ?? null;
  }

  /** Value of field `index`. */
  valueString(index: number): string {
    return this.buffer.toString('utf8', this.valueStarts[index], this.valueEnds[index]);
  }
  /** Whether the value of field `index` is exactly these bytes; false for index -1. */
  equalsAscii(index: number, bytes: Uint8Array): boolean {
    if (index < 0) return false;
    const start = this.valueStarts[index]!;
    if (this.valueEnds[index]! - start !== bytes.length) return false;
    for (let i = 0; i < bytes.length; i++) {
      if (this.buffer[start + i] !== bytes[i]) return false;
    }
    return true;
  }

  /** Where the data ends that the length field `index` announces, or -1 when its value is no length. */
  private dataEnd(index: number, dataStart: number): number {
    if (this.valueEnds[index]! - this.valueStarts[index]! > MAX_DIGITS) return -1;
    const length = digitsAt(this.buffer, this.valueStarts[index]!, this.valueEnds[index]!);
    return length < 0 ? -1 : dataStart + length;
  }

  private unsigned(index: number): number {
    return index < 0 ? -1 : digitsAt(this.buffer, this.valueStarts[index]!, this.valueEnds[index]!);
  }

  private isYes(index: number): boolean {
    return index >= 0 && this.valueEnds[index]! - this.valueStarts[index]! === 1 && this.buffer[this.valueStarts[index]!] === YES;
  }

  private packedMsgType(index: number): number {
    if (index < 0) return 0;
    const end = this.valueEnds[index]!;
    let code = 0;
    let at = this.valueStarts[index]!;
    if (end - at > 4) return 0;
    for (; at < end; at++) {
      const char = this.buffer[at]!;
      if (char > 0x7f) return 0;
      code = (code << 8) | char;
    }
    return code;
  }

  private timestampAt(index: number): number {
    return index < 0 ? -1 : parseUtcTimestamp(this.buffer, this.valueStarts[index]!, this.valueEnds[index]!);
  }

  private grow(): void {
    const larger = (from: Int32Array): Int32Array => {
      const to = new Int32Array(from.length * 2);
      to.set(from);
      return to;
    };
    this.tags = larger(this.tags);
    this.valueStarts = larger(this.valueStarts);
    this.valueEnds = larger(this.valueEnds);
  }
}
