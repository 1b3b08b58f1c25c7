import { EQUALS, SOH, ZERO } from './ascii.ts';
import { wordsOf } from './checksum.ts';
import { EncodeError } from './encode-error.ts';
import { writeUtcTimestamp } from './utc-timestamp.ts';

const INITIAL_BYTES = 4096;
const UTC_TIMESTAMP_BYTES = 21;
/** Tag of up to ten digits, =, SOH. */
const FIELD_OVERHEAD = 12;

/** Appends tag=value fields to a buffer that grows and is reused. */
export class FieldWriter {
  buffer: Buffer = Buffer.alloc(INITIAL_BYTES);
  /** The same bytes, for `checkSum`. */
  words: DataView = wordsOf(this.buffer);
  /** One past the last byte written. */
  at = 0;

  text(tag: number, value: string): void {
    const length = value.length;
    if (length === 0) throw new EncodeError(tag, 'a field cannot be empty; leave it out');
    // UTF-8 takes at most three bytes for a UTF-16 unit.
    this.room(FIELD_OVERHEAD + length * 3);
    const fieldStart = this.at;
    this.tag(tag);
    const buffer = this.buffer;
    let at = this.at;
    for (let i = 0; i < length; i++) {
      const char = value.charCodeAt(i);
      if (char === SOH) {
        this.at = fieldStart;
        throw new EncodeError(tag, 'the value contains SOH, which would end the field; send it in a data field');
      }
      if (char > 0x7f) {
        at += buffer.write(value.slice(i), at);
        if (value.includes('\x01', i)) {
          this.at = fieldStart;
          throw new EncodeError(tag, 'the value contains SOH, which would end the field; send it in a data field');
        }
        break;
      }
      buffer[at++] = char;
    }
    buffer[at++] = SOH;
    this.at = at;
  }

  int(tag: number, value: number): void {
    if (!Number.isSafeInteger(value)) throw new EncodeError(tag, `${value} is not an integer`);
    this.room(FIELD_OVERHEAD + 17);
    this.tag(tag);
    if (value < 0) this.buffer[this.at++] = 0x2d;
    this.digits(Math.abs(value));
    this.buffer[this.at++] = SOH;
  }

  utcTimestamp(tag: number, epochMs: number): void {
    if (!Number.isSafeInteger(epochMs) || epochMs < 0) {
      throw new EncodeError(tag, `${epochMs} is not a time in whole epoch milliseconds`);
    }
    this.room(FIELD_OVERHEAD + UTC_TIMESTAMP_BYTES);
    this.tag(tag);
    writeUtcTimestamp(this.buffer, this.at, epochMs);
    this.at += UTC_TIMESTAMP_BYTES;
    this.buffer[this.at++] = SOH;
  }

  /** Value bytes as they are; `mayContainSoh` for data fields only. */
  bytes(tag: number, value: Uint8Array, start: number, end: number, mayContainSoh: boolean): void {
    if (end <= start) throw new EncodeError(tag, 'a field cannot be empty; leave it out');
    const content = value.subarray(start, end);
    if (!mayContainSoh && content.includes(SOH)) {
      throw new EncodeError(tag, 'the value contains SOH, which would end the field; send it in a data field');
    }
    this.room(FIELD_OVERHEAD + content.length);
    this.tag(tag);
    this.buffer.set(content, this.at);
    this.at += content.length;
    this.buffer[this.at++] = SOH;
  }

  /** Whole fields, copied as they are. */
  raw(fields: Uint8Array): void {
    this.room(fields.length);
    this.buffer.set(fields, this.at);
    this.at += fields.length;
  }

  /** Makes sure that `length` more bytes fit. */
  room(length: number): void {
    if (this.at + length <= this.buffer.length) return;
    const larger = Buffer.alloc(Math.max(this.buffer.length * 2, this.at + length));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
    this.words = wordsOf(larger);
  }

  private tag(tag: number): void {
    this.digits(tag);
    this.buffer[this.at++] = EQUALS;
  }

  private digits(value: number): void {
    let length = 1;
    for (let power = 10; power <= value; power *= 10) length++;
    let rest = value;
    for (let i = this.at + length - 1; i >= this.at; i--) {
      const next = Math.floor(rest / 10);
      this.buffer[i] = ZERO + (rest - next * 10);
      rest = next;
    }
    this.at += length;
  }
}
