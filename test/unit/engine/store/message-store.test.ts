import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENTRY_BYTES } from '../../../../main/engine/store/index-entry.ts';
import { MessageStore } from '../../../../main/engine/store/message-store.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-store-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const put = (store: MessageStore, text: string): void => store.append(Buffer.from(text), 0, text.length);
const read = (store: MessageStore, first: number, last: number): [number, string][] => {
  const seen: [number, string][] = [];
  store.visit(first, last, (seqNum, bytes, from, to) => {
    seen.push([seqNum, Buffer.from(bytes.subarray(from, to)).toString()]);
    return true;
  });
  return seen;
};

describe('MessageStore', () => {
  it('begins at 1 and 1', () => {
    const store = new MessageStore(dir);
    expect([store.nextIn, store.nextOut, store.resetPending]).toEqual([1, 1, false]);
    store.close();
  });

  it('gives back what was flushed after the process died without closing it', () => {
    const store = new MessageStore(dir);
    put(store, 'one');
    store.append(Buffer.from('logon'), 0, 0);
    put(store, 'three');
    store.nextIn = 42;
    store.resetPending = true;
    store.flush();
    put(store, 'not flushed, so not sent');
    const again = new MessageStore(dir);
    expect([again.nextIn, again.nextOut, again.resetPending]).toEqual([42, 4, true]);
    expect(read(again, 1, 3)).toEqual([
      [1, 'one'],
      [2, ''],
      [3, 'three'],
    ]);
    again.close();
  });

  it('knows the inbound number as of the last message that left, though its own file was not written', () => {
    const store = new MessageStore(dir);
    store.nextIn = 5;
    store.flush();
    store.nextIn = 9;
    put(store, 'answer');
    store.flushMessages();
    const again = new MessageStore(dir);
    expect(again.nextIn).toBe(9);
    // The operator's lower number holds against older messages.
    again.nextIn = 3;
    again.flush();
    expect(new MessageStore(dir).nextIn).toBe(3);
    again.setNextOut(7, '20260131T093000.123Z');
    expect(new MessageStore(dir).nextIn).toBe(3);
    again.close();
  });

  it('knows it too when the process died before that file was ever written', () => {
    const store = new MessageStore(dir);
    store.nextIn = 3;
    put(store, 'answer');
    store.flushMessages();
    expect(new MessageStore(dir).nextIn).toBe(3);
    store.close();
  });

  it('drops half an index entry, which the crash cut short', () => {
    const store = new MessageStore(dir);
    put(store, 'one');
    put(store, 'two');
    store.close();
    truncateSync(join(dir, 'messages.idx'), ENTRY_BYTES + 7);
    truncateSync(join(dir, 'inbound.seq'), 0);
    const again = new MessageStore(dir);
    expect(again.nextOut).toBe(2);
    put(again, 'TWO');
    expect(read(again, 1, 2)).toEqual([
      [1, 'one'],
      [2, 'TWO'],
    ]);
    again.close();
  });

  it('keeps the number of a message whose bytes were lost, with nothing to resend', () => {
    const store = new MessageStore(dir);
    for (const text of ['one', 'two', 'three']) put(store, text);
    store.close();
    truncateSync(join(dir, 'messages.dat'), 5);
    const again = new MessageStore(dir);
    expect(again.nextOut).toBe(4);
    expect(read(again, 1, 3)).toEqual([
      [1, 'one'],
      [2, ''],
      [3, ''],
    ]);
    put(again, 'four');
    expect(read(again, 4, 4)).toEqual([[4, 'four']]);
    again.close();
  });

  it('ignores bytes without an index entry: they were never sent', () => {
    const store = new MessageStore(dir);
    put(store, 'one');
    store.close();
    appendFileSync(join(dir, 'messages.dat'), 'torn');
    const again = new MessageStore(dir);
    put(again, 'two');
    expect(read(again, 1, 2)).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    again.close();
  });

  it('starts the inbound number at 1 when its file is cut short', () => {
    const store = new MessageStore(dir);
    store.nextIn = 9;
    store.close();
    truncateSync(join(dir, 'inbound.seq'), 3);
    const again = new MessageStore(dir);
    expect(again.nextIn).toBe(1);
    again.close();
  });

  it('reads long runs of messages of all sizes in order', () => {
    const store = new MessageStore(dir);
    const text = (n: number): string => (n % 7 === 0 ? '' : `${n}:`.padEnd((n * 37) % 900, 'x'));
    const big = 'B'.repeat(2 * 1024 * 1024);
    for (let n = 1; n <= 9_999; n += 1) {
      if (n % 50 === 0) store.flush();
      put(store, text(n));
    }
    put(store, big);
    put(store, 'last');
    const seen = read(store, 3, 10_001);
    expect(seen).toHaveLength(9_999);
    expect(seen.slice(0, -2).every(([n, got], i) => n === i + 3 && got === text(n))).toBe(true);
    expect(seen.at(-2)).toEqual([10_000, big]);
    expect(seen.at(-1)).toEqual([10_001, 'last']);
    store.close();
  });

  it('stops reading when the visitor has enough', () => {
    const store = new MessageStore(dir);
    for (const text of ['one', 'two', 'three']) put(store, text);
    const seen: number[] = [];
    store.visit(1, 3, (seqNum) => {
      seen.push(seqNum);
      return seqNum < 2;
    });
    expect(seen).toEqual([1, 2]);
    store.close();
  });

  it('resets to 1 and 1 and keeps the old store aside, the wish for a reset included', () => {
    const store = new MessageStore(dir);
    put(store, 'one');
    store.nextIn = 7;
    store.resetPending = true;
    store.reset('20260131T093000.123Z');
    expect([store.nextIn, store.nextOut, store.resetPending]).toEqual([1, 1, true]);
    put(store, 'first of the new ones');
    store.close();
    expect(readFileSync(join(dir, 'messages.dat.20260131T093000.123Z'), 'utf8')).toBe('one');
    const again = new MessageStore(dir);
    expect([again.nextOut, again.resetPending]).toEqual([2, true]);
    again.close();
  });

  it('keeps the wish for a reset through a crash in the middle of the reset', () => {
    const store = new MessageStore(dir);
    put(store, 'one');
    store.resetPending = true;
    store.close();
    // The old files are out of the way, and nothing is written yet.
    for (const name of ['messages.dat', 'messages.idx', 'inbound.seq']) renameSync(join(dir, name), join(dir, `${name}.aside`));
    const again = new MessageStore(dir);
    expect([again.nextIn, again.nextOut, again.resetPending]).toEqual([1, 1, true]);
    again.close();
  });

  it('keeps the wish for a reset at once, and when what else is stored is damaged', () => {
    const store = new MessageStore(dir);
    put(store, 'one');
    store.resetPending = true;
    // No flush: the process is killed here.
    writeFileSync(join(dir, 'inbound.seq'), 'not what was stored');
    const again = new MessageStore(dir);
    expect(again.resetPending).toBe(true);
    again.resetPending = false;
    const last = new MessageStore(dir);
    expect(last.resetPending).toBe(false);
    for (const open of [again, last]) open.close();
    store.resetPending = false;
  });

  it('takes the wish over from a store that had it beside the inbound number', () => {
    const old = Buffer.alloc(17);
    old.writeDoubleLE(7, 0);
    old[8] = 1;
    writeFileSync(join(dir, 'inbound.seq'), old);
    const store = new MessageStore(dir);
    expect([store.nextIn, store.resetPending]).toEqual([7, true]);
    store.nextIn = 8;
    store.resetPending = false;
    store.close();
    const again = new MessageStore(dir);
    expect([again.nextIn, again.resetPending]).toEqual([8, false]);
    again.close();
  });

  it('keeps twenty old stores, the latest ones, also of the same millisecond', () => {
    const store = new MessageStore(dir);
    for (let n = 10; n < 35; n += 1) {
      put(store, `store ${n}`);
      store.reset(`20260131T0930${n}.000Z`);
    }
    put(store, 'twin');
    store.reset('20260131T093034.000Z');
    store.close();
    const kept = readdirSync(dir).filter((name) => name.startsWith('messages.dat.'));
    expect(kept).toHaveLength(20);
    expect(kept.sort().at(-1)).toBe('messages.dat.20260131T093034.000Z-2');
    expect(readFileSync(join(dir, 'messages.dat.20260131T093034.000Z'), 'utf8')).toBe('store 34');
  });

  it('never gives up a store with messages for one without, whatever their age', () => {
    const store = new MessageStore(dir);
    for (let n = 1; n <= 58; n += 1) put(store, 'order');
    store.reset('20260131T093000.000Z');
    for (let n = 10; n < 70; n += 1) {
      store.append(Buffer.from('logon'), 0, 0);
      if (n % 20 === 0) put(store, `store ${n}`);
      store.reset(`20260131T0931${n}.000Z`);
    }
    store.close();
    const kept = readdirSync(dir)
      .filter((name) => name.startsWith('messages.dat.'))
      .sort();
    expect(kept).toHaveLength(20);
    expect(readFileSync(join(dir, kept[0] ?? ''), 'utf8')).toBe('order'.repeat(58));
    expect(kept.filter((name) => /093120|093140|093160/.test(name))).toHaveLength(3);
    expect(kept.slice(-9)).toEqual(Array.from({ length: 9 }, (_, i) => `messages.dat.20260131T0931${61 + i}.000Z`));
    for (const file of ['messages.idx.', 'inbound.seq.'])
      expect(readdirSync(dir).filter((name) => name.startsWith(file))).toHaveLength(20);
  });

  it('does not set an empty store aside', () => {
    const store = new MessageStore(dir);
    store.reset('20260131T093000.123Z');
    store.close();
    expect(readdirSync(dir)).toHaveLength(3);
  });

  it.each([
    [10, [[2, 'two'], ...[3, 4, 5, 6, 7, 8, 9].map((n) => [n, '']), [10, 'next']]],
    [2, [[2, 'next']]],
  ])('takes %i as its next number, and keeps a copy of what it was', (nextOut, expected) => {
    const store = new MessageStore(dir);
    put(store, 'one');
    put(store, 'two');
    store.setNextOut(nextOut, '20260131T093000.123Z');
    expect(store.nextOut).toBe(nextOut);
    put(store, 'next');
    expect(read(store, 2, store.nextOut - 1)).toEqual(expected);
    store.close();
    expect(readFileSync(join(dir, 'messages.idx.20260131T093000.123Z'))).toHaveLength(2 * ENTRY_BYTES);
  });

  it('fails with the error of the file system', () => {
    const store = new MessageStore(dir);
    store.close();
    put(store, 'x');
    expect(() => store.flush()).toThrow(/EBADF/);
  });
});
