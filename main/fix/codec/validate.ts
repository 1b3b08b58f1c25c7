import { HEADER_CONTEXT, PLACE_GROUP, PLACE_POSITION, TRAILER_CONTEXT } from './context-table.ts';
import type { Dictionary } from './dictionary.ts';
import { isUserTag, unknownFieldFault, valueFault } from './field-rules.ts';
import { GroupRules, isGroupMember } from './group-rules.ts';
import { KnownShapes } from './known-shapes.ts';
import type { MessageView } from './message-view.ts';
import { type Rejection, rejection, SESSION_REJECT } from './session-reject.ts';

export { type Rejection, SESSION_REJECT } from './session-reject.ts';

const MSG_TYPE_TAG = 35;

const knownShapes = new KnownShapes();
const groups = new GroupRules();
/** By slot: the call in which the field was last seen outside groups. Saves clearing it for every message; doubles never wrap. */
let seenIn = new Float64Array(1024);
let call = 0;

/**
 * The first rule of the dictionary that the message breaks, or null (scenario 14). Allocates nothing for a good message.
 *
 * Order: MsgType (4 without value, 11 unknown); then field by field as they stand in the message, and for each field: tag (0), value present (4),
 * header/body/trailer order (14), allowed in this message (2, or 15 when it belongs inside one of its groups), repeated (13), format and
 * data length (6), data without its length (1), enumeration (5), and for a NumInGroup field its group: delimiter first and member order (15),
 * repeated within an entry (13), required within an entry (1), count (16); then what is required and missing (1): header, body, trailer.
 *
 * Body fields may stand in any order, a group may have 0 entries, tags 5000–9999 that the dictionary does not have or not here are let through
 * (scenario 15).
 */
export function validate(view: MessageView, dictionary: Dictionary): Rejection | null {
  if (knownShapes.accepts(view, dictionary)) return null;
  const fault = validateFields(view, dictionary);
  if (fault === null) knownShapes.learn(view, dictionary);
  return fault;
}

function validateFields(view: MessageView, dictionary: Dictionary): Rejection | null {
  const body = dictionary.messageContext(view.msgTypeCode);
  if (body < 0) return msgTypeFault(view, dictionary);
  if (seenIn.length < dictionary.tagOf.length) seenIn = new Float64Array(dictionary.tagOf.length);
  const { contexts, slotOf, checked } = dictionary;
  const { place, stride } = contexts;
  const { tags, valueStarts, valueEnds } = view;
  const seen = seenIn;
  const now = ++call;
  const bodyRow = body * stride;
  // Header, body and trailer, one after the other: the context that fields are expected in now, and its row of places.
  let context = HEADER_CONTEXT;
  let row = HEADER_CONTEXT;
  let at = 0;
  while (at < view.count) {
    const tag = tags[at]!;
    const slot = tag < slotOf.length ? slotOf[tag]! : 0;
    if (slot === 0) {
      const fault = unknownFieldFault(view, dictionary, at);
      if (fault !== null) return fault;
      at++;
      continue;
    }
    if (valueStarts[at] === valueEnds[at]) return rejection(SESSION_REJECT.TagWithoutValue, tag, dictionary);
    let entry = place[row + slot]!;
    if (entry === 0) {
      if (context === HEADER_CONTEXT && place[bodyRow + slot] !== 0) context = body;
      else if (place[TRAILER_CONTEXT * stride + slot] !== 0) context = TRAILER_CONTEXT;
      else if (!isUserTag(tag)) return misplaced(dictionary, body, slot, tag);
      row = context * stride;
      entry = place[row + slot]!;
    }
    if (seen[slot] === now && entry !== 0) return rejection(SESSION_REJECT.TagRepeated, tag, dictionary);
    seen[slot] = now;
    if (checked[slot] !== 0) {
      const fault = valueFault(view, dictionary, at, slot);
      if (fault !== null) return fault;
    }
    if ((entry & PLACE_GROUP) === 0) at++;
    else {
      at = groups.walk(view, dictionary, at, contexts.groupAt(context, entry & PLACE_POSITION), context, body);
      if (at < 0) return groups.rejection;
    }
  }
  return missing(dictionary, body);
}

function msgTypeFault(view: MessageView, dictionary: Dictionary): Rejection {
  const index = view.find(MSG_TYPE_TAG);
  if (index < 0) return rejection(SESSION_REJECT.RequiredTagMissing, MSG_TYPE_TAG, dictionary);
  const empty = view.valueStarts[index] === view.valueEnds[index];
  return rejection(empty ? SESSION_REJECT.TagWithoutValue : SESSION_REJECT.InvalidMsgType, MSG_TYPE_TAG, dictionary);
}

/** A known tag that may not stand here: it belongs to another part of the message, into one of its groups, or to other messages. */
function misplaced(dictionary: Dictionary, body: number, slot: number, tag: number): Rejection {
  const { place, stride } = dictionary.contexts;
  const belongs = [HEADER_CONTEXT, body, TRAILER_CONTEXT].some((context) => place[context * stride + slot] !== 0);
  if (belongs) return rejection(SESSION_REJECT.TagOutOfOrder, tag, dictionary);
  const inGroup = isGroupMember(dictionary, body, slot) || isGroupMember(dictionary, HEADER_CONTEXT, slot);
  return rejection(inGroup ? SESSION_REJECT.GroupFieldsOutOfOrder : SESSION_REJECT.TagNotDefinedForMessage, tag, dictionary);
}

/** The first required field that was not seen: of the header, the body, the trailer. */
function missing(dictionary: Dictionary, body: number): Rejection | null {
  const { firstMember, memberSlot, firstRequired, required } = dictionary.contexts;
  for (const context of [HEADER_CONTEXT, body, TRAILER_CONTEXT]) {
    for (let i = firstRequired[context]!; i < firstRequired[context + 1]!; i++) {
      const slot = memberSlot[firstMember[context]! + required[i]! - 1]!;
      if (seenIn[slot] !== call) return rejection(SESSION_REJECT.RequiredTagMissing, dictionary.tagOf[slot]!, dictionary);
    }
  }
  return null;
}
