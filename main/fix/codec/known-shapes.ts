import type { Dictionary } from './dictionary.ts';
import { valueFault } from './field-rules.ts';
import type { MessageView } from './message-view.ts';

const SHAPES = 64;
/** Longer messages are validated field by field every time. */
const MAX_FIELDS = 256;
const ZERO = 0x30;

/** A message that was found good: everything that its structure depends on. */
class Shape {
  dictionary: Dictionary | null = null;
  msgTypeCode = 0;
  count = 0;
  /** By field index: tag; slot when the value is to be checked, else 0; number of entries when it counts a group, else -1. */
  readonly tags = new Int32Array(MAX_FIELDS);
  readonly slots = new Uint16Array(MAX_FIELDS);
  readonly entries = new Int32Array(MAX_FIELDS);
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
    const shape = this.shapes[place(view)];
    if (shape == null || shape.count !== count || shape.msgTypeCode !== view.msgTypeCode || shape.dictionary !== dictionary)
      return false;
    const { tags: known, slots, entries } = shape;
    const { tags, valueStarts, valueEnds } = view;
    for (let i = 0; i < count; i++) {
      if (tags[i] !== known[i] || valueStarts[i] === valueEnds[i]) return false;
      const slot = slots[i]!;
      if (slot !== 0 && valueFault(view, dictionary, i, slot) !== null) return false;
      if (entries[i]! >= 0 && entries[i] !== number(view, i)) return false;
    }
    return true;
  }

  /** Remembers the shape of a message that was found good field by field. */
  learn(view: MessageView, dictionary: Dictionary): void {
    if (view.count > MAX_FIELDS) return;
    const at = place(view);
    let shape = this.shapes[at] ?? null;
    if (shape === null) {
      shape = new Shape();
      this.shapes[at] = shape;
    }
    shape.dictionary = dictionary;
    shape.msgTypeCode = view.msgTypeCode;
    shape.count = view.count;
    for (let i = 0; i < view.count; i++) {
      const tag = view.tags[i]!;
      const slot = tag < dictionary.slotOf.length ? dictionary.slotOf[tag]! : 0;
      shape.tags[i] = tag;
      shape.slots[i] = dictionary.checked[slot] === 1 ? slot : 0;
      shape.entries[i] = dictionary.countsGroup[slot] === 1 ? number(view, i) : -1;
    }
  }
}

const place = (view: MessageView): number => (Math.imul(view.msgTypeCode, 0x9e37) + view.count) & (SHAPES - 1);

function number(view: MessageView, index: number): number {
  let value = 0;
  for (let at = view.valueStarts[index]!; at < view.valueEnds[index]!; at++) value = value * 10 + view.buffer[at]! - ZERO;
  return value;
}
