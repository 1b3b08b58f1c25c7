import { type Dictionary, ENUM_SINGLE } from './dictionary.ts';
import { FORMAT, isFloat, isUnsigned } from './field-format.ts';
import { valueFault } from './field-rules.ts';
import type { MessageView } from './message-view.ts';

const SHAPES = 64;
/** Longer messages are validated field by field every time. */
const MAX_FIELDS = 256;
const ZERO = 0x30;

/** What is to be looked at in a field's value. The first ones are by far the most frequent and need no further table. */
const ANY = 0;
const FLOAT = 1;
const UNSIGNED = 2;
const ENUMERATED = 3;
const COUNT = 4;
const OTHER = 5;

/** A message that was found good: everything that its structure depends on. */
class Shape {
  dictionary: Dictionary | null = null;
  msgTypeCode = 0;
  count = 0;
  /** By field index: tag, slot, what to look at, number of entries when it counts a group. */
  readonly tags = new Int32Array(MAX_FIELDS);
  readonly slots = new Uint16Array(MAX_FIELDS);
  readonly looks = new Uint8Array(MAX_FIELDS);
  readonly entries = new Float64Array(MAX_FIELDS);
}

/**
 * A peer sends the same few shapes of messages over and over. Which tags may stand where, which are required or repeated and how groups are
 * built depends on nothing but MsgType, the sequence of tags and the group counts: once a shape was found good, only values need a look.
 * Bounded: 64 shapes, each replacing the one before it in its place.
 */
export class KnownShapes {
  private readonly shapes = Array.from({ length: SHAPES }, (): Shape | null => null);

  /** True: the message has a known good shape and all its values are good. False says nothing. */
  accepts(view: MessageView, dictionary: Dictionary): boolean {
    const count = view.count;
    const shape = this.shapes[place(view)]!;
    if (shape === null || shape.count !== count || shape.msgTypeCode !== view.msgTypeCode) return false;
    if (shape.dictionary !== dictionary || view.wrongLength >= 0) return false;
    const { tags: known, slots, looks } = shape;
    const { buffer, tags, valueStarts, valueEnds } = view;
    const { enums } = dictionary;
    for (let i = 0; i < count; i++) {
      const start = valueStarts[i]!;
      const end = valueEnds[i]!;
      if (tags[i] !== known[i] || start === end) return false;
      switch (looks[i]) {
        case ANY:
          break;
        case FLOAT:
          if (!isFloat(buffer, start, end)) return false;
          break;
        case UNSIGNED:
          if (!isUnsigned(buffer, start, end)) return false;
          break;
        case ENUMERATED:
          if (!enums.has(slots[i]!, buffer, start, end)) return false;
          break;
        case COUNT:
          if (number(view, i) !== shape.entries[i] || valueFault(view, dictionary, i, slots[i]!) !== null) return false;
          break;
        default:
          if (valueFault(view, dictionary, i, slots[i]!) !== null) return false;
      }
    }
    return true;
  }

  /** Remembers the shape of a message that was found good field by field. */
  learn(view: MessageView, dictionary: Dictionary): void {
    if (view.count > MAX_FIELDS) return;
    const at = place(view);
    const shape = this.shapes[at] ?? new Shape();
    this.shapes[at] = shape;
    shape.dictionary = dictionary;
    shape.msgTypeCode = view.msgTypeCode;
    shape.count = view.count;
    for (let i = 0; i < view.count; i++) {
      const tag = view.tags[i]!;
      const slot = dictionary.slotOf[tag] ?? 0;
      const look = lookOf(dictionary, slot);
      shape.tags[i] = tag;
      shape.slots[i] = slot;
      shape.looks[i] = look;
      shape.entries[i] = look === COUNT ? number(view, i) : 0;
    }
  }
}

function lookOf(dictionary: Dictionary, slot: number): number {
  if (dictionary.countsGroup[slot] === 1) return COUNT;
  if (dictionary.checked[slot] === 0) return ANY;
  if (dictionary.enumOf[slot] === ENUM_SINGLE) return ENUMERATED;
  if (dictionary.formatOf[slot] === FORMAT.Float) return FLOAT;
  return dictionary.formatOf[slot] === FORMAT.Unsigned ? UNSIGNED : OTHER;
}

const place = (view: MessageView): number => (Math.imul(view.msgTypeCode, 0x9e37) + view.count) & (SHAPES - 1);

function number(view: MessageView, index: number): number {
  let value = 0;
  for (let at = view.valueStarts[index]!; at < view.valueEnds[index]!; at++) value = value * 10 + view.buffer[at]! - ZERO;
  return value;
}
