import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENTRY_BYTES } from '../../../../main/engine/store/index-entry.ts';
import { MessageStore } from '../../../../main/engine/store/message-store.ts';

const FILES = ['messages.dat', 'messages.idx', 'inbound.seq'] as const;
const UTC = '20260131T093000.123Z';

let dir: string;
let alarms: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-store-'));
  alarms = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const message = (n: number): string => {
  const text = `8=FIX.4.4\u00019=5\u000135=B\u000134=${n}\u0001148=${'headline '.repeat(n % 5)}\u0001`;
  const sum = Buffer.from(text).reduce((total, byte) => total + byte, 0) % 256;
  return `${text}10=${String(sum).padStart(3, '0')}\u0001`;
};
const open = (): MessageStore => new MessageStore(dir, (text) => alarms.push(text));
const put = (store: MessageStore, text: string): void => store.append(Buffer.from(text), 0, text.length);
const read = (store: MessageStore, first = 1, last = store.nextOut - 1): string[] => {
  const seen: string[] = [];
  store.visit(first, last, (seqNum, bytes, from, to) => {
    expect(seqNum).toBe(first + seen.length);
    seen.push(Buffer.from(bytes.subarray(from, to)).toString());
    return true;
  });
  return seen;
};
const edit = (file: string, change: (bytes: Buffer) => Buffer | undefined): void => {
  const path = join(dir, file);
  const bytes = readFileSync(path);
  writeFileSync(path, change(bytes) ?? bytes);
};

/** Ten messages, number 4 an admin message. */
function fill(): void {
  const store = open();
  for (let n = 1; n <= 10; n += 1) put(store, n === 4 ? '' : message(n));
  store.nextIn = 8;
  store.flush();
}
const whole = Array.from({ length: 10 }, (_, i) => (i === 3 ? '' : message(i + 1)));
const without = (...lost: number[]): string[] => whole.map((text, i) => (lost.includes(i + 1) ? '' : text));

describe('a damaged store', () => {
  it.each<[string, (entry: Buffer) => unknown]>([
    ['the offset −5', (entry) => entry.writeDoubleLE(-5, 0)],
    ['an offset that is no number', (entry) => entry.writeDoubleLE(Number.NaN, 0)],
    ['a fractional offset', (entry) => entry.writeDoubleLE(0.5, 0)],
    ['an offset beyond every disk', (entry) => entry.writeDoubleLE(1e300, 0)],
    ['the length 0xFFFFFFFF', (entry) => entry.writeUInt32LE(0xffff_ffff, 8)],
    ['no length', (entry) => entry.writeUInt32LE(0, 8)],
    ['zeros', (entry) => entry.fill(0)],
    ['ones', (entry) => entry.fill(0xff)],
  ])('has an entry with %s: that number alone cannot be resent, alarmed and counted once', (_name, damage) => {
    fill();
    edit('messages.idx', (bytes) => void damage(bytes.subarray(6 * ENTRY_BYTES, 7 * ENTRY_BYTES)));
    const store = open();
    expect(store.nextOut).toBe(11);
    expect(read(store)).toEqual(without(7));
    expect(read(store, 7, 7)).toEqual(['']);
    expect(store.unreadable).toBe(1);
    expect(alarms).toEqual([
      'A stored message cannot be read back and will not be resent: MsgSeqNum 7. The LP gets a GapFill instead',
    ]);
    put(store, message(11));
    expect(read(store, 11)).toEqual([message(11)]);
    store.close();
  });

  it('has an entry of another number in the place of one', () => {
    fill();
    edit('messages.idx', (bytes) => void bytes.copy(bytes, 0, ENTRY_BYTES, 2 * ENTRY_BYTES));
    const store = open();
    expect(read(store)).toEqual(without(1));
    store.close();
  });

  it('has a message whose bytes have changed, and some that are gone', () => {
    fill();
    edit('messages.dat', (bytes) => {
      bytes[bytes.indexOf('34=2\u0001')] = 0x35;
      return bytes.subarray(0, bytes.indexOf('34=9\u0001'));
    });
    const store = open();
    expect(read(store)).toEqual(without(2, 9, 10));
    expect(alarms.join()).toContain('3 stored messages cannot be read back and will not be resent: MsgSeqNum 2, 9–10.');
    store.close();
  });

  it('does not take an inbound number that is damaged, neither from the index nor from its own file', () => {
    fill();
    edit('messages.idx', (bytes) => void bytes.writeUInt32LE(900, 9 * ENTRY_BYTES + 12));
    edit('inbound.seq', () => Buffer.alloc(0));
    expect(open().nextIn).toBe(1);
    edit('inbound.seq', () => Buffer.alloc(21, 7));
    expect(open().nextIn).toBe(1);
    expect(alarms.join()).toContain('inbound MsgSeqNum is damaged');
  });

  it('does not use a number again that was sent, when the end of the index is gone', () => {
    fill();
    truncateSync(join(dir, 'messages.idx'), 6 * ENTRY_BYTES + 5);
    const store = open();
    expect(store.nextOut).toBe(11);
    expect(alarms).toEqual(['The index of the message store ends at 6, but 10 was sent: what is missing cannot be resent']);
    expect(read(store)).toEqual(without(7, 8, 9, 10));
    expect(store.unreadable).toBe(4);
    store.close();
    expect(open().nextOut).toBe(11);
  });

  it('keeps the operator’s number through a crash in the middle of setting it', () => {
    fill();
    const store = open();
    store.setNextOut(4, UTC);
    expect(open().nextOut).toBe(4);
    store.setNextOut(5_000_000, UTC);
    put(store, message(5_000_000));
    store.flush();
    const again = open();
    expect(again.nextOut).toBe(5_000_001);
    expect(read(again, 4_999_998)).toEqual(['', '', message(5_000_000)]);
    again.setNextOut(3, UTC);
    expect(open().nextOut).toBe(3);
    again.setNextOut(1, UTC);
    expect(open().nextOut).toBe(1);
    expect(alarms).toEqual([]);
  });

  it('ends nothing, wherever bytes of whichever file are garbage, cut off or gone', () => {
    const damage = fc.record({
      file: fc.constantFrom(...FILES),
      at: fc.nat({ max: 600 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 80 }),
      cut: fc.option(fc.nat({ max: 600 })),
    });
    fill();
    const good = FILES.map((file) => [file, readFileSync(join(dir, file))] as const);
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        for (const [file, bytes] of good) writeFileSync(join(dir, file), bytes);
        for (const { file, at, bytes, cut } of damages) {
          edit(file, (old) => {
            old.set(bytes.subarray(0, Math.max(0, old.length - at)), Math.min(at, old.length));
            return cut === null ? old : old.subarray(0, cut);
          });
        }
        const store = open();
        const { nextOut } = store;
        put(store, message(nextOut));
        store.nextIn = 3;
        store.flush();
        const last = Math.min(nextOut, 2_000);
        for (const [i, got] of read(store, 1, last).entries()) expect(['', message(i + 1)]).toContain(got);
        expect(read(store, nextOut)).toEqual([message(nextOut)]);
        const again = open();
        expect([again.nextOut, again.nextIn]).toEqual([nextOut + 1, 3]);
        again.close();
        store.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('a store of before its entries had a check', () => {
  const dat = Buffer.from(whole.join(''));
  /** As it was written: offset (float64), length, next expected inbound (uint32 each). */
  const idx = (): Buffer => {
    const bytes = Buffer.alloc(160);
    let offset = 0;
    for (const [i, text] of whole.entries()) {
      if (text.length > 0) bytes.writeDoubleLE(offset, i * 16);
      bytes.writeUInt32LE(text.length, i * 16 + 8);
      offset += text.length;
    }
    bytes.writeUInt32LE(12, 9 * 16 + 12);
    return bytes;
  };
  const state = (nextIn: number, lastOut: number): Buffer => {
    const bytes = Buffer.alloc(17);
    bytes.writeDoubleLE(nextIn, 0);
    bytes[8] = 1;
    bytes.writeDoubleLE(lastOut, 9);
    return bytes;
  };
  const write = (index: Buffer, stateBytes: Buffer): void => {
    writeFileSync(join(dir, 'messages.dat'), dat);
    writeFileSync(join(dir, 'messages.idx'), index);
    writeFileSync(join(dir, 'inbound.seq'), stateBytes);
  };

  it('is read with all that is in it, and goes on', () => {
    write(idx(), state(8, 10));
    const store = open();
    expect([store.nextIn, store.nextOut, store.resetPending]).toEqual([8, 11, true]);
    expect(read(store)).toEqual(whole);
    put(store, message(11));
    store.close();
    const again = open();
    expect([again.nextIn, again.nextOut]).toEqual([8, 12]);
    expect(read(again)).toEqual([...whole, message(11)]);
    expect(alarms).toEqual([]);
    again.close();
  });

  it('knows the inbound number of its last message, when that is the newer one', () => {
    write(idx(), state(8, 9));
    expect(open().nextIn).toBe(12);
  });

  it.each<[string, number, number]>([
    ['the offset −5', -5, 40],
    ['the length 0xFFFFFFFF', 0, 0xffff_ffff],
    ['the place of another message', 0, whole[0]?.length ?? 0],
  ])('with an entry that has %s loses that message alone', (_name, offset, length) => {
    const index = idx();
    index.writeDoubleLE(offset, 6 * 16);
    index.writeUInt32LE(length, 6 * 16 + 8);
    write(index, state(8, 10));
    const store = open();
    expect(read(store)).toEqual(without(7));
    expect([store.nextOut, store.unreadable, alarms.length]).toEqual([11, 1, 1]);
    store.close();
  });

  it('loses a message whose bytes have changed, though nothing but its CheckSum(10) tells', () => {
    write(idx(), state(8, 10));
    edit('messages.dat', (bytes) => {
      bytes[0] = 0;
      return bytes;
    });
    const store = open();
    expect(read(store)).toEqual(without(1));
    expect([store.unreadable, alarms.length]).toEqual([1, 1]);
    store.close();
  });

  it('is rewritten whole or not at all: what a crash left of it is not taken', () => {
    write(idx(), state(8, 10));
    writeFileSync(join(dir, 'index.new'), 'the beginning of a rewritten index');
    const store = open();
    expect(read(store)).toEqual(whole);
    store.close();
  });
});
