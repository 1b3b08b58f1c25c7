import { maskSecrets } from './mask-secrets.ts';

/** Why bytes were skipped (fix-session scenarios 2 d, m, t and 3 a–e), each with its sentence for the log. */
const GARBLED = {
  'not-fix': 'no FIX message begins here',
  'begin-string': 'BeginString(8) is too long or not closed',
  'body-length-format': 'BodyLength(9) is not the second field, or not a number',
  'body-length-too-large': 'BodyLength(9) is larger than any message accepted here',
  'msg-type-not-third': 'MsgType(35) is not the third field',
  'body-length-wrong': 'CheckSum(10) does not stand where BodyLength(9) says',
  'check-sum-format': 'CheckSum(10) is not three digits, or not the last field',
  'check-sum-wrong': 'CheckSum(10) is wrong',
} as const;

export type GarbledReason = keyof typeof GARBLED;

export interface Garbled {
  readonly reason: GarbledReason;
  /** One sentence for the log. */
  readonly text: string;
  /** First bytes of what was skipped, SOH shown as |, secrets masked. */
  readonly excerpt: string;
}

const EXCERPT_BYTES = 160;

/** The last garbled stretch of a stream: why it was skipped and how it began. Keeps a fixed number of bytes. */
export class GarbledExcerpt {
  private readonly bytes = Buffer.alloc(EXCERPT_BYTES);
  private length = 0;
  private reason: GarbledReason | null = null;

  begin(reason: GarbledReason): void {
    this.reason = reason;
    this.length = 0;
  }

  /** Further skipped bytes: from[start, end). */
  add(from: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end && this.length < EXCERPT_BYTES; i++) this.bytes[this.length++] = from[i]!;
  }

  get last(): Garbled | null {
    if (this.reason === null) return null;
    const shown = Buffer.from(maskSecrets(this.bytes, 0, this.length)).toString('latin1');
    return { reason: this.reason, text: GARBLED[this.reason], excerpt: shown.replaceAll('\x01', '|') };
  }
}
