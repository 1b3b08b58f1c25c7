import type { Dictionary } from './dictionary.ts';

/** SessionRejectReason(373). */
export const SESSION_REJECT = {
  InvalidTagNumber: 0,
  RequiredTagMissing: 1,
  TagNotDefinedForMessage: 2,
  UndefinedTag: 3,
  TagWithoutValue: 4,
  ValueIncorrect: 5,
  IncorrectDataFormat: 6,
  DecryptionProblem: 7,
  SignatureProblem: 8,
  CompIdProblem: 9,
  SendingTimeAccuracy: 10,
  InvalidMsgType: 11,
  XmlValidation: 12,
  TagRepeated: 13,
  TagOutOfOrder: 14,
  GroupFieldsOutOfOrder: 15,
  GroupCountIncorrect: 16,
  ValueContainsDelimiter: 17,
  Other: 99,
} as const;

export type SessionRejectReason = (typeof SESSION_REJECT)[keyof typeof SESSION_REJECT];

/** What a Reject(3) says. */
export interface Rejection {
  /** SessionRejectReason(373). */
  readonly reason: SessionRejectReason;
  /** RefTagID(371); null when no tag can be named (leave 371 out). */
  readonly refTagId: number | null;
  /** Text(58). Never quotes a value: it may be secret. */
  readonly text: string;
}

/** The standard's wording of each reason. */
const SENTENCE: Readonly<Record<SessionRejectReason, string>> = {
  0: 'Invalid tag number',
  1: 'Required tag missing',
  2: 'Tag not defined for this message type',
  3: 'Undefined tag',
  4: 'Tag specified without a value',
  5: 'Value is incorrect (out of range) for this tag',
  6: 'Incorrect data format for value',
  7: 'Decryption problem',
  8: 'Signature problem',
  9: 'CompID problem',
  10: 'SendingTime accuracy problem',
  11: 'Invalid MsgType',
  12: 'XML validation error',
  13: 'Tag appears more than once',
  14: 'Tag specified out of required order',
  15: 'Repeating group fields out of order',
  16: 'Incorrect NumInGroup count for repeating group',
  17: 'Non "data" value includes field delimiter',
  99: 'Other',
};

/** The rejection of field `index`, whose tag is none: names the number that stands there (0, -1, 007), or else the place of the field. */
export function invalidTag(written: string | null, index: number): Rejection {
  const where = written ?? `field ${index + 1} of the message does not begin with a tag number and =`;
  return {
    reason: SESSION_REJECT.InvalidTagNumber,
    refTagId: written === null ? null : Number.parseInt(written, 10),
    text: `${SENTENCE[0]}: ${where}`,
  };
}

/** A rejection in the standard's words, naming the tag as the dictionary does. */
export function rejection(reason: SessionRejectReason, refTagId: number, dictionary: Dictionary): Rejection {
  const name = dictionary.field(refTagId)?.name;
  return { reason, refTagId, text: `${SENTENCE[reason]}: ${name === undefined ? refTagId : `${name}(${refTagId})`}` };
}
