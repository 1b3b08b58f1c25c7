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

/** A value that cannot be sent as it is: it is empty or contains SOH. For the caller that made the value. */
export class EncodeError extends Error {
  readonly tag: number;
  constructor(tag: number, message: string) {
    super(message);
    this.name = 'EncodeError';
    this.tag = tag;
  }
}

/**
 * Writes messages into one reusable buffer. Header order is that of the FIX 4.4 standard header:
 * 8, 9, 35, 49, 56, 115, 128, 34, 50, 57, 116, 144, 129, 145, 43, 97, 52, 122; then the body as appended; then 10.
 */
export class Encoder {
  readonly identity: EncoderIdentity;

  constructor(identity: EncoderIdentity) {
    this.identity = identity;
  }

  /** Starts a message: the whole header. The bytes of the previous one are no longer valid. */
  begin(_msgType: string, _msgSeqNum: number, _sendingTimeMs: number, _options?: HeaderOptions): this {
    throw new Error('being built');
  }
  /** Throws EncodeError when the value is empty or contains SOH. */
  string(_tag: number, _value: string): this {
    throw new Error('being built');
  }
  /** A safe integer. */
  int(_tag: number, _value: number): this {
    throw new Error('being built');
  }
  /** Y or N. */
  bool(_tag: number, _value: boolean): this {
    throw new Error('being built');
  }
  /** UTCTimestamp with milliseconds. */
  utcTimestamp(_tag: number, _epochMs: number): this {
    throw new Error('being built');
  }
  /** Value bytes as they are. Throws EncodeError when empty or containing SOH. */
  bytes(_tag: number, _value: Uint8Array, _start = 0, _end = _value.length): this {
    throw new Error('being built');
  }
  /** A length field and its data field (95/96 …); the data may contain SOH. */
  data(_lengthTag: number, _dataTag: number, _value: Uint8Array): this {
    throw new Error('being built');
  }
  /** Body fields in order, [tag, value]. */
  fields(_fields: readonly (readonly [number, string])[]): this {
    throw new Error('being built');
  }
  /** BodyLength and CheckSum; the message, valid until the next `begin` or `resend`. */
  finish(): Buffer {
    throw new Error('being built');
  }

  /**
   * A stored message again (scenario 8): 43=Y before 52 (or before 97), 52 = now, 122 = the stored 52 right after it; an older 43 or 122 goes;
   * every other field as it was, in the order it was. `message` must be a complete message of ours and must not be this encoder's buffer.
   */
  resend(_message: Uint8Array, _start: number, _end: number, _sendingTimeMs: number): Buffer {
    throw new Error('being built');
  }
}
