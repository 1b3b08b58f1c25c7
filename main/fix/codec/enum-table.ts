import type { FieldSpec } from './dictionary-spec.ts';

const SPACE = 0x20;
/** In a field's spec: where value, meaning, value, meaning … begin. */
const FIRST_VALUE = 3;

/**
 * The enumerations of all fields. One-character values are bits; longer ones stand in an open-addressed hash table, compared byte by byte.
 */
export class EnumTable {
  /** [slot × 4 + char / 32]. */
  private readonly bits: Int32Array;
  /** Entry number + 1, 0 free; size a power of two, at most half full. */
  private readonly table: Int32Array;
  private readonly entrySlot: Int32Array;
  /** Entry e has bytes[entryStart[e], entryStart[e + 1]). */
  private readonly entryStart: Int32Array;
  private readonly bytes: Uint8Array;

  /** A field's slot is its place in the list, from 1. */
  constructor(fields: readonly FieldSpec[]) {
    this.bits = new Int32Array((fields.length + 1) * 4);
    const slots: number[] = [];
    const values: string[] = [];
    fields.forEach((field, i) => {
      for (let at = FIRST_VALUE; at < field.length; at += 2) {
        const value = field[at] as string;
        const char = value.charCodeAt(0);
        if (value.length === 1 && char < 128) this.bits[(i + 1) * 4 + (char >>> 5)]! |= 1 << (char & 31);
        else {
          slots.push(i + 1);
          values.push(value);
        }
      }
    });
    let size = 4;
    while (size < values.length * 2) size *= 2;
    this.table = new Int32Array(size);
    this.entrySlot = Int32Array.from(slots);
    this.entryStart = new Int32Array(values.length + 1);
    this.bytes = Buffer.from(values.join(''), 'utf8');
    for (let entry = 0; entry < values.length; entry++) this.addEntry(entry, Buffer.byteLength(values[entry]!, 'utf8'));
  }

  private addEntry(entry: number, length: number): void {
    const start = this.entryStart[entry]!;
    this.entryStart[entry + 1] = start + length;
    const mask = this.table.length - 1;
    let at = hash(this.entrySlot[entry]!, this.bytes, start, start + length) & mask;
    while (this.table[at] !== 0) at = (at + 1) & mask;
    this.table[at] = entry + 1;
  }

  /** Whether the character alone is a value of the slot's enumeration. */
  hasChar(slot: number, char: number): boolean {
    return char < 128 && ((this.bits[slot * 4 + (char >>> 5)]! >>> (char & 31)) & 1) === 1;
  }

  /** Whether buffer[start, end) is a value of the slot's enumeration. */
  has(slot: number, buffer: Uint8Array, start: number, end: number): boolean {
    if (end - start === 1) return this.hasChar(slot, buffer[start]!);
    const mask = this.table.length - 1;
    let at = hash(slot, buffer, start, end) & mask;
    for (let entry = this.table[at]!; entry !== 0; entry = this.table[at]!) {
      if (this.entrySlot[entry - 1] === slot && this.equals(entry - 1, buffer, start, end)) return true;
      at = (at + 1) & mask;
    }
    return false;
  }

  /** As `has`, for each of the values between single spaces (MultipleValueString). */
  hasEach(slot: number, buffer: Uint8Array, start: number, end: number): boolean {
    let from = start;
    for (let at = start; at <= end; at++) {
      if (at === end || buffer[at] === SPACE) {
        if (!this.has(slot, buffer, from, at)) return false;
        from = at + 1;
      }
    }
    return true;
  }

  private equals(entry: number, buffer: Uint8Array, start: number, end: number): boolean {
    const from = this.entryStart[entry]!;
    if (this.entryStart[entry + 1]! - from !== end - start) return false;
    for (let i = start, j = from; i < end; i++, j++) {
      if (buffer[i] !== this.bytes[j]) return false;
    }
    return true;
  }
}

/** FNV-1a over slot and bytes. */
function hash(slot: number, buffer: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5 ^ slot;
  for (let i = start; i < end; i++) h = Math.imul(h ^ buffer[i]!, 0x01000193);
  return h ^ (h >>> 15);
}
