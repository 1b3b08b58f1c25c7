/** One field of a decoded message. */
export interface DecodedField {
  /** 0 when it is not a number. */
  readonly tag: number;
  /** Null when the dictionary does not have the tag. */
  readonly name: string | null;
  readonly value: string;
  /** Meaning of an enumerated value. */
  readonly meaning: string | null;
  readonly section: 'header' | 'body' | 'trailer';
  /** Entries of the group that this field counts, each a list of fields; null when it counts none. */
  readonly entries: readonly (readonly DecodedField[])[] | null;
}

/** A message as the dictionary reads it. */
export interface DecodedMessage {
  readonly msgType: string;
  readonly name: string | null;
  readonly admin: boolean;
  readonly fields: readonly DecodedField[];
  /** The first thing that the dictionary finds wrong with it, one sentence; null when nothing. */
  readonly problem: string | null;
}
