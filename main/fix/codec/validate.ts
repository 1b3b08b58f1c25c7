import type { Dictionary } from './dictionary.ts';
import type { MessageView } from './message-view.ts';

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
  /** RefTagID(371); 0 when no tag can be named (leave 371 out). */
  readonly refTagId: number;
  /** Text(58). */
  readonly text: string;
}

/** The first rule that the message breaks, or null. Allocates nothing for a good message. */
export function validate(_view: MessageView, _dictionary: Dictionary): Rejection | null {
  throw new Error('being built');
}
