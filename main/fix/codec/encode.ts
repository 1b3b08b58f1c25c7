import { ascii, SOH, ZERO } from './ascii.ts';
import { checkSum } from './checksum.ts';
import { EncodeError } from './encode-error.ts';
import { FieldWriter } from './field-writer.ts';

export { EncodeError } from './encode-error.ts';

/** Who we are on a session: constant header fields. Empty or null sub ids are left out. */
export interface EncoderIdentity {
  readonly beginString: string;
  readonly senderCompId: string;
  readonly targetCompId: string;
  readonly senderSubId?: string | null;
  readonly targetSubId?: string | null;
}

/** Header fields of one message beyond the constant ones. */
export interface HeaderOptions {
  /** PossDupFlag(43)=Y with OrigSendingTime(122), epoch ms. */
  readonly possDup?: { readonly origSendingTimeMs: number };
  /** PossResend(97)=Y. */
  readonly possResend?: boolean;
  /** OnBehalfOf/DeliverTo fields: 115, 128, 116, 144, 129, 145 as [tag, value]; put where the standard header has them. */
  readonly routing?: readonly (readonly [number, string])[];
}

const ROUTING_COMP_IDS = [115, 128];
const ROUTING_SUB_IDS = [116, 144, 129, 145];
const TRAILER_BYTES = 7;
const LENGTH_DIGITS = 7;
const TAG_POSS_DUP = ascii('43=');
const TAG_POSS_RESEND = ascii('97=');
const TAG_SENDING_TIME = ascii('52=');
const TAG_ORIG_SENDING_TIME = ascii('122=');
const TAG_CHECK_SUM = ascii('10=');

/**
 * Writes messages into one reusable buffer. Header order is that of the FIX 4.4 standard header:
 * 8, 9, 35, 49, 56, 115, 128, 34, 50, 57, 116, 144, 129, 145, 43, 97, 52, 122; then the body as appended; then 10.
 */
export class Encoder {
  private readonly writer = new FieldWriter();
  private readonly identity: EncoderIdentity;
  /** 8=…, SOH, 9= */
  private readonly head: Uint8Array;
  /** The body begins here, so that any BodyLength of up to seven digits fits before it. */
  private readonly bodyStart: number;
  private readonly compIds: Uint8Array;

  /** Throws EncodeError when a CompID is empty or contains SOH. */
  constructor(identity: EncoderIdentity) {
    this.identity = identity;
    this.head = ascii(`8=${identity.beginString}\x019=`);
    this.bodyStart = this.head.length + LENGTH_DIGITS + 1;
    this.writer.text(49, identity.senderCompId);
    this.writer.text(56, identity.targetCompId);
    this.compIds = Uint8Array.from(this.writer.buffer.subarray(0, this.writer.at));
  }

  /** Starts a message: the whole header. The bytes of the previous one are no longer valid. */
  begin(msgType: string, msgSeqNum: number, sendingTimeMs: number, options?: HeaderOptions): this {
    const { writer, identity } = this;
    writer.at = this.bodyStart;
    writer.text(35, msgType);
    writer.raw(this.compIds);
    if (options?.routing !== undefined) this.routing(options.routing, ROUTING_COMP_IDS);
    writer.int(34, msgSeqNum);
    if (identity.senderSubId) writer.text(50, identity.senderSubId);
    if (identity.targetSubId) writer.text(57, identity.targetSubId);
    if (options?.routing !== undefined) this.routing(options.routing, ROUTING_SUB_IDS);
    if (options?.possDup !== undefined) writer.text(43, 'Y');
    if (options?.possResend === true) writer.text(97, 'Y');
    writer.utcTimestamp(52, sendingTimeMs);
    if (options?.possDup !== undefined) writer.utcTimestamp(122, options.possDup.origSendingTimeMs);
    return this;
  }

  /** Bytes above 0x7F as UTF-8. Throws EncodeError when the value is empty or contains SOH. */
  string(tag: number, value: string): this {
    this.writer.text(tag, value);
    return this;
  }

  /** Throws EncodeError when the value is not a safe integer. */
  int(tag: number, value: number): this {
    this.writer.int(tag, value);
    return this;
  }

  /** Y or N. */
  bool(tag: number, value: boolean): this {
    this.writer.text(tag, value ? 'Y' : 'N');
    return this;
  }

  /** UTCTimestamp with milliseconds. */
  utcTimestamp(tag: number, epochMs: number): this {
    this.writer.utcTimestamp(tag, epochMs);
    return this;
  }

  /** Value bytes as they are. Throws EncodeError when empty or containing SOH. */
  bytes(tag: number, value: Uint8Array, start = 0, end: number = value.length): this {
    this.writer.bytes(tag, value, start, end, false);
    return this;
  }

  /** A length field and its data field (95/96 …); the data may contain SOH. Throws EncodeError when empty. */
  data(lengthTag: number, dataTag: number, value: Uint8Array): this {
    this.writer.int(lengthTag, value.length);
    this.writer.bytes(dataTag, value, 0, value.length, true);
    return this;
  }

  /** Body fields in order, [tag, value]. */
  fields(fields: readonly (readonly [number, string])[]): this {
    for (const field of fields) this.writer.text(field[0], field[1]);
    return this;
  }

  /** BodyLength and CheckSum; the message, valid until the next `begin` or `resend`. */
  finish(): Buffer {
    const { writer, head, bodyStart } = this;
    writer.room(TRAILER_BYTES);
    const { buffer, words } = writer;
    const end = writer.at;
    let at = bodyStart;
    buffer[--at] = SOH;
    let rest = end - bodyStart;
    do {
      if (at <= head.length) throw new EncodeError(9, `a body of ${end - bodyStart} bytes is too large`);
      buffer[--at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    } while (rest > 0);
    at -= head.length;
    buffer.set(head, at);
    const sum = checkSum(buffer, words, at, end);
    buffer.set(TAG_CHECK_SUM, end);
    buffer[end + 3] = ZERO + Math.floor(sum / 100);
    buffer[end + 4] = ZERO + (Math.floor(sum / 10) % 10);
    buffer[end + 5] = ZERO + (sum % 10);
    buffer[end + 6] = SOH;
    writer.at = end + TRAILER_BYTES;
    return buffer.subarray(at, writer.at);
  }

  /**
   * A stored message again (scenario 8): 43=Y before 52 (or before 97), 52 = now, 122 = the stored 52 right after it; an older 43 or 122 goes;
   * every other field as it was, in the order it was. `message` must be a complete message of ours, with the header that `begin` writes, and
   * not in this encoder's buffer. Throws Error when it is not such a message (a damaged store).
   */
  resend(message: Uint8Array, start: number, end: number, sendingTimeMs: number): Buffer {
    const { writer } = this;
    const bodyEnd = end - TRAILER_BYTES;
    let at = afterField(message, afterField(message, start));
    writer.at = this.bodyStart;
    let flagged = false;
    while (!begins(message, at, TAG_SENDING_TIME)) {
      if (at >= bodyEnd) throw new Error('Stored message has no SendingTime(52)');
      const next = afterField(message, at);
      if (begins(message, at, TAG_POSS_RESEND)) flagged = this.possDup(flagged);
      if (!begins(message, at, TAG_POSS_DUP)) writer.raw(message.subarray(at, next));
      at = next;
    }
    this.possDup(flagged);
    writer.utcTimestamp(52, sendingTimeMs);
    const timeStart = at + TAG_SENDING_TIME.length;
    const afterTime = afterField(message, at);
    at = begins(message, afterTime, TAG_ORIG_SENDING_TIME) ? afterField(message, afterTime) : afterTime;
    if (at > bodyEnd || !begins(message, bodyEnd, TAG_CHECK_SUM))
      throw new Error('Stored message has no CheckSum(10) at its end');
    this.bytes(122, message, timeStart, afterTime - 1);
    writer.raw(message.subarray(at, bodyEnd));
    return this.finish();
  }

  private possDup(already: boolean): true {
    if (!already) this.writer.text(43, 'Y');
    return true;
  }

  private routing(fields: readonly (readonly [number, string])[], order: readonly number[]): void {
    for (const tag of order) {
      const field = fields.find(([candidate]) => candidate === tag);
      if (field !== undefined) this.writer.text(tag, field[1]);
    }
  }
}

/** Behind the field at `at`; behind all bytes when it has no end. */
function afterField(message: Uint8Array, at: number): number {
  const soh = message.indexOf(SOH, at);
  return soh < 0 ? message.length : soh + 1;
}

function begins(message: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) {
    if (message[at + i] !== prefix[i]) return false;
  }
  return true;
}
