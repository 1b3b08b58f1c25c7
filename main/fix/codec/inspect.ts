import type { Dictionary } from './dictionary.ts';

/** One field of a decoded message. */
export interface DecodedField {
  /** 0 when it is not a number. */
  readonly tag: number;
  /** Null when the dictionary does not have the tag. */
  readonly name: string | null;
  /** `***` for Password(554) and NewPassword(925). */
  readonly value: string;
  /** Meaning of an enumerated value. */
  readonly meaning: string | null;
  readonly section: 'header' | 'body' | 'trailer';
  /** Entries of the group that this NumInGroup field counts, each a list of fields; null when it counts none. */
  readonly entries: readonly (readonly DecodedField[])[] | null;
}

export interface DecodedMessage {
  readonly msgType: string;
  /** Null when the dictionary does not have the MsgType. */
  readonly name: string | null;
  readonly admin: boolean;
  readonly fields: readonly DecodedField[];
  /** What the dictionary finds wrong with it, one sentence; null when nothing. */
  readonly problem: string | null;
}

/** For the operator's inspector: never throws, shows as much as can be read of whatever it is given. Strings carry SOH as on the wire. */
export function decodeMessage(_message: Uint8Array | string, _dictionary: Dictionary): DecodedMessage {
  throw new Error('being built');
}
