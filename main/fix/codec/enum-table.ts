const SPACE = 0x20;

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

  /** `values` by slot; a slot without an enumeration has none. */
  constructor(values: readonly (readonly string[])[]) {
    this.bits = new Int32Array(values.length * 4);
    const long = values.flatMap((list, slot) => list.filter((value) => !isSingle(value)).map((value) => ({ slot, value })));
    let size = 4;
    while (size < long.length * 2) size *= 2;
    this.table = new Int32Array(size);
    this.entrySlot = Int32Array.from(long, (entry) => entry.slot);
    this.entryStart = new Int32Array(long.length + 1);
    this.bytes = Buffer.from(long.map((entry) => entry.value).join(''), 'utf8');
    values.forEach((list, slot) => {
      for (const value of list.filter(isSingle)) {
        const char = value.charCodeAt(0);
        this.bits[slot * 4 + (char >>> 5)] = (this.bits[slot * 4 + (char >>> 5)] ?? 0) | (1 << (char & 31));
      }
    });
    long.forEach(({ slot, value }, entry) => {
      const start = this.entryStart[entry] as number;
      const end = start + Buffer.byteLength(value, 'utf8');
      this.entryStart[entry + 1] = end;
      let at = hash(slot, this.bytes, start, end) & (size - 1);
      while (this.table[at] !== 0) at = (at + 1) & (size - 1);
      this.table[at] = entry + 1;
    });
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

const isSingle = (value: string): boolean => value.length === 1 && value.charCodeAt(0) < 128;

/** FNV-1a over slot and bytes. */
function hash(slot: number, buffer: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5 ^ slot;
  for (let i = start; i < end; i++) h = Math.imul(h ^ buffer[i]!, 0x01000193);
  return h ^ (h >>> 15);
}
