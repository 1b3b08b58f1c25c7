import { PLACE_GROUP, PLACE_POSITION, TRAILER_CONTEXT } from './context-table.ts';
import type { Dictionary } from './dictionary.ts';
import { isUserTag, valueFault } from './field-rules.ts';
import type { MessageView } from './message-view.ts';
import { type Rejection, rejection, SESSION_REJECT, type SessionRejectReason } from './session-reject.ts';

const ZERO = 0x30;
/** No real message comes near; a dictionary that nests groups in themselves must not exhaust the stack. */
const MAX_DEPTH = 32;

/**
 * Walks repeating groups: each entry begins with the delimiter, its fields stand in the order of the dictionary, required ones are there,
 * and there are as many entries as the count says. User tags may stand anywhere. Reused; holds the rejection of the last failed walk.
 */
export class GroupRules {
  rejection: Rejection | null = null;
  /** Contexts where the message may go on after the group that is walked: trailer, body, where the count stands, groups around. */
  private readonly around = new Uint16Array(MAX_DEPTH + 1);

  /**
   * `countIndex` is the NumInGroup field (its value checked), `context` one entry of its group, `outer` where the count stands: header or
   * `body`. Index of the first field that is not the group's, or -1. A field that may stand nowhere from here on ends the walk with the
   * count unchecked: the caller rejects that field.
   */
  walk(view: MessageView, dictionary: Dictionary, countIndex: number, context: number, outer: number, body: number): number {
    this.rejection = null;
    this.around[0] = TRAILER_CONTEXT;
    this.around[1] = body;
    this.around[2] = outer;
    return this.group(view, dictionary, countIndex, context, 2);
  }

  private group(view: MessageView, dictionary: Dictionary, countIndex: number, context: number, depth: number): number {
    const { place, stride, firstRequired, required } = dictionary.contexts;
    const { slotOf, checked } = dictionary;
    const { tags, valueStarts, valueEnds } = view;
    const row = context * stride;
    const requiredEnd = firstRequired[context + 1]!;
    const claimed = count(view, countIndex);
    let nextRequired = requiredEnd;
    let entries = 0;
    let last = 0;
    let at = countIndex + 1;
    while (at < view.count) {
      const tag = tags[at]!;
      const slot = tag < slotOf.length ? slotOf[tag]! : 0;
      const entry = place[row + slot]!;
      if (entry === 0) {
        if (this.isOutside(dictionary, slot, depth)) break;
        if (!isUserTag(tag)) return at;
        if (valueStarts[at] === valueEnds[at]) return this.fail(SESSION_REJECT.TagWithoutValue, tag, dictionary);
        at++;
        continue;
      }
      const position = entry & PLACE_POSITION;
      if (position === 1) {
        if (entries === claimed) {
          if (this.isOutside(dictionary, slot, depth)) break;
          return this.fail(SESSION_REJECT.GroupCountIncorrect, tags[countIndex]!, dictionary);
        }
        if (nextRequired < requiredEnd) return this.missing(dictionary, context, required[nextRequired]!);
        entries++;
        nextRequired = firstRequired[context]!;
      } else if (position <= last || entries === 0) {
        if (this.isOutside(dictionary, slot, depth)) break;
        if (claimed === 0) return this.fail(SESSION_REJECT.GroupCountIncorrect, tags[countIndex]!, dictionary);
        const repeated = entries > 0 && isInEntry(view, dictionary, at, row);
        return this.fail(repeated ? SESSION_REJECT.TagRepeated : SESSION_REJECT.GroupFieldsOutOfOrder, tag, dictionary);
      }
      if (nextRequired < requiredEnd && required[nextRequired]! <= position) {
        if (required[nextRequired]! < position) return this.missing(dictionary, context, required[nextRequired]!);
        nextRequired++;
      }
      last = position;
      if (valueStarts[at] === valueEnds[at]) return this.fail(SESSION_REJECT.TagWithoutValue, tag, dictionary);
      if (checked[slot] !== 0) {
        const fault = valueFault(view, dictionary, at, slot);
        if (fault !== null) {
          this.rejection = fault;
          return -1;
        }
      }
      if ((entry & PLACE_GROUP) === 0) at++;
      else {
        if (depth === MAX_DEPTH) return this.fail(SESSION_REJECT.GroupFieldsOutOfOrder, tag, dictionary);
        this.around[depth + 1] = context;
        at = this.group(view, dictionary, at, dictionary.contexts.groupAt(context, position), depth + 1);
        if (at < 0) return -1;
      }
    }
    if (entries !== claimed) return this.fail(SESSION_REJECT.GroupCountIncorrect, tags[countIndex]!, dictionary);
    if (nextRequired < requiredEnd) return this.missing(dictionary, context, required[nextRequired]!);
    return at;
  }

  private isOutside(dictionary: Dictionary, slot: number, depth: number): boolean {
    const { place, stride } = dictionary.contexts;
    for (let i = depth; i >= 0; i--) {
      if (place[this.around[i]! * stride + slot] !== 0) return true;
    }
    return false;
  }

  private missing(dictionary: Dictionary, context: number, position: number): number {
    const { firstMember, memberSlot } = dictionary.contexts;
    const tag = dictionary.tagOf[memberSlot[firstMember[context]! + position - 1]!]!;
    return this.fail(SESSION_REJECT.RequiredTagMissing, tag, dictionary);
  }

  private fail(reason: SessionRejectReason, tag: number, dictionary: Dictionary): number {
    this.rejection = rejection(reason, tag, dictionary);
    return -1;
  }
}

/** Whether a field is a member of some group below this context, however deep. For the wording of a rejection only. */
export function isGroupMember(dictionary: Dictionary, context: number, slot: number, seen: Set<number> = new Set()): boolean {
  const { place, stride, child, firstMember } = dictionary.contexts;
  for (let at = firstMember[context]!; at < firstMember[context + 1]!; at++) {
    const group = child[at]!;
    if (group === 0 || seen.has(group)) continue;
    seen.add(group);
    if (place[group * stride + slot] !== 0 || isGroupMember(dictionary, group, slot, seen)) return true;
  }
  return false;
}

/** Value of the count field, whose format is known to be digits. */
function count(view: MessageView, index: number): number {
  let value = 0;
  for (let at = view.valueStarts[index]!; at < view.valueEnds[index]!; at++) value = value * 10 + view.buffer[at]! - ZERO;
  return value;
}

/** Whether the tag at `index` stood before in the same entry, which begins with the delimiter. */
function isInEntry(view: MessageView, dictionary: Dictionary, index: number, row: number): boolean {
  for (let at = index - 1; ; at--) {
    const tag = view.tags[at]!;
    if (tag === view.tags[index]) return true;
    if ((dictionary.contexts.place[row + (dictionary.slotOf[tag] ?? 0)]! & PLACE_POSITION) === 1) return false;
  }
}
