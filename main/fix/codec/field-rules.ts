import { type Dictionary, ENUM_MULTIPLE, ENUM_SINGLE } from './dictionary.ts';
import { hasFormat } from './field-format.ts';
import type { MessageView } from './message-view.ts';
import { invalidTag, type Rejection, rejection, SESSION_REJECT } from './session-reject.ts';

/** Tags by agreement between two parties; let through when the dictionary does not have them. */
export const isUserTag = (tag: number): boolean => tag >= 5000 && tag <= 9999;

/** Rules on the tag alone, for a field that the dictionary does not have (slot 0): malformed, unknown, or a user tag without a value. */
export function unknownFieldFault(view: MessageView, dictionary: Dictionary, index: number): Rejection | null {
  const tag = view.tags[index]!;
  if (tag === 0) return invalidTag(view.writtenTag(index), index);
  if (!isUserTag(tag)) return rejection(SESSION_REJECT.InvalidTagNumber, tag, dictionary);
  return view.valueEnds[index] === view.valueStarts[index] ? rejection(SESSION_REJECT.TagWithoutValue, tag, dictionary) : null;
}

/** Rules on the value of a field that stands where it may and is `checked`: format of its data type, length of data, enumeration. */
export function valueFault(view: MessageView, dictionary: Dictionary, index: number, slot: number): Rejection | null {
  const start = view.valueStarts[index]!;
  const end = view.valueEnds[index]!;
  const format = dictionary.formatOf[slot]!;
  const enumeration = dictionary.enumOf[slot]!;
  // A value of the enumeration is right whatever its type says: the standard types MiscFeeType(139) as char and has it go up to 12.
  if (enumeration === ENUM_SINGLE && dictionary.enums.has(slot, view.buffer, start, end)) return null;
  if (!hasFormat(format, view.buffer, start, end)) {
    return rejection(SESSION_REJECT.IncorrectDataFormat, view.tags[index]!, dictionary);
  }
  if (index === view.wrongLength) return rejection(SESSION_REJECT.IncorrectDataFormat, view.tags[index]!, dictionary);
  const lengthTag = dictionary.lengthTagOf[view.tags[index]!]!;
  if (lengthTag !== 0 && view.tags[index - 1] !== lengthTag) {
    return rejection(SESSION_REJECT.RequiredTagMissing, lengthTag, dictionary);
  }
  if (
    enumeration === ENUM_SINGLE ||
    (enumeration === ENUM_MULTIPLE && !dictionary.enums.hasEach(slot, view.buffer, start, end))
  ) {
    return rejection(SESSION_REJECT.ValueIncorrect, view.tags[index]!, dictionary);
  }
  return null;
}
