import type { Dictionary } from './dictionary.ts';

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
  /** By field index: tag (0 when it is not a number), first byte of the value, one past the last byte of the value. */
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

  readonly dictionary: Dictionary;

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  /** Walks a frame as the framer found it. Never throws: what is malformed is for `validate` to say. */
  parse(_buffer: Buffer, _start: number, _end: number): void {
    throw new Error('being built');
  }

  /** MsgType(35) as a string, the same object every time. */
  get msgType(): string {
    throw new Error('being built');
  }

  /** SendingTime(52) and OrigSendingTime(122) in epoch ms, or -1 when missing or malformed. */
  get sendingTimeMs(): number {
    throw new Error('being built');
  }
  get origSendingTimeMs(): number {
    throw new Error('being built');
  }

  /** Index of the first field with this tag, or -1. */
  find(_tag: number): number {
    throw new Error('being built');
  }
  has(tag: number): boolean {
    return this.find(tag) >= 0;
  }

  /** Value of the first field with this tag as an integer (sign and leading zeros allowed), or null when missing or not one. */
  int(_tag: number): number | null {
    throw new Error('being built');
  }
  /** Value of the first field with this tag, or null when missing. Bytes above 0x7F read as UTF-8. */
  string(_tag: number): string | null {
    throw new Error('being built');
  }
  /** True when the first field with this tag is Y. */
  flag(_tag: number): boolean {
    throw new Error('being built');
  }
  /** UTCTimestamp in epoch ms (fractions below a millisecond cut off), or -1 when missing or malformed. */
  utcTimestampMs(_tag: number): number {
    throw new Error('being built');
  }

  /** Value of field `index`. */
  valueString(_index: number): string {
    throw new Error('being built');
  }
  /** Whether the value of field `index` is exactly these bytes; false for index -1. */
  equalsAscii(_index: number, _bytes: Uint8Array): boolean {
    throw new Error('being built');
  }
}
