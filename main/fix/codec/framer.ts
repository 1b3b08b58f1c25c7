import type { Dictionary } from './dictionary.ts';
import { MessageView } from './message-view.ts';

/** Why bytes were skipped (fix-session scenarios 2 d, m, t and 3 a–e). A garbled message is never answered and never counted in the sequence. */
export type GarbledReason =
  | 'not-fix'
  | 'begin-string'
  | 'body-length-format'
  | 'body-length-too-large'
  | 'msg-type-not-third'
  | 'body-length-wrong'
  | 'check-sum-format'
  | 'check-sum-wrong';

export interface Garbled {
  readonly reason: GarbledReason;
  /** One sentence for the log. */
  readonly text: string;
  /** First bytes of what was skipped, SOH shown as |, secrets masked. */
  readonly excerpt: string;
}

/** Default bound of one message: 1 MiB. */
export const DEFAULT_MAX_MESSAGE_BYTES = 1_048_576;

/**
 * Cuts a byte stream into FIX messages: 8=, 9=BodyLength, 35= … 10=CheckSum, with BodyLength and CheckSum verified. Whatever is garbled
 * is skipped and counted, and the search goes on at the next "8=FIX". After each `append`, call `next` until it answers false.
 * Memory: never more than 2 × (maxMessageBytes + the largest chunk appended), whatever BodyLength claims.
 */
export class Framer {
  /** Owned by the framer; the bytes of a frame are valid until the next `append`. */
  buffer: Buffer = Buffer.alloc(0);
  /** First byte ('8') and one past the last byte (SOH of CheckSum) of the frame that `next` found. */
  frameStart = 0;
  frameEnd = 0;
  /** Garbled messages and runs of rubbish since construction. */
  garbledCount = 0;

  /** The fields of the frame that `next` found: already walked, no `parse` needed. Valid until the next `next` or `append`. */
  readonly view: MessageView;
  readonly maxMessageBytes: number;

  /** The dictionary says which fields are data fields, whose length is announced and which may contain SOH. */
  constructor(dictionary: Dictionary, maxMessageBytes: number = DEFAULT_MAX_MESSAGE_BYTES) {
    this.view = new MessageView(dictionary);
    this.maxMessageBytes = maxMessageBytes;
  }

  /** The last garbled message, or null. */
  get lastGarbled(): Garbled | null {
    throw new Error('being built');
  }

  /** Copies chunk[start, end) behind what is pending. */
  append(_chunk: Uint8Array, _start = 0, _end = _chunk.length): void {
    throw new Error('being built');
  }

  /** True: a good message stands in buffer[frameStart, frameEnd). False: more bytes are needed. Never throws. The frame is also in `view`. */
  next(): boolean {
    throw new Error('being built');
  }

  /** Forgets pending bytes (a new connection). Counters stay. */
  reset(): void {
    throw new Error('being built');
  }
}
