import fs, { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MessageStore } from '../../../../main/engine/store/message-store.ts';

const BATCH = 256 * 1024;
const UTC = '20260131T093000.123Z';

let dir: string;
let store: MessageStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-files-'));
  store = new MessageStore(dir);
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  rmSync(dir, { recursive: true, force: true });
});

/** Names of what the store asks of the file system from now on, in order. */
function watch(...names: ('writeSync' | 'fsyncSync' | 'closeSync')[]): string[] {
  const calls: string[] = [];
  for (const name of names) {
    const real = fs[name] as (...args: unknown[]) => unknown;
    vi.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
      calls.push(name);
      return real(...args) as never;
    });
  }
  syncBuiltinESMExports();
  return calls;
}
const size = (name: string): number => statSync(join(dir, name)).size;
const read = (first: number, last: number): string[] => {
  const seen: string[] = [];
  store.visit(first, last, (_seqNum, bytes, from, to) => {
    seen.push(Buffer.from(bytes.subarray(from, to)).toString());
    return true;
  });
  return seen;
};

describe('what is appended', () => {
  it('is part of what it is given, whatever its size: below, at and above what is held in memory', () => {
    const texts = ['a'.repeat(10), 'b'.repeat(BATCH), 'c'.repeat(BATCH + 1), 'd'.repeat(BATCH - 1), 'e'];
    for (const text of texts) store.append(Buffer.from(`<<${text}>>`), 2, 2 + text.length);
    expect(read(1, 5)).toEqual(texts);
    store.close();
    expect(size('messages.dat')).toBe(texts.join('').length);
  });

  it('is written when memory is full, and what follows when it is flushed: messages before their index', () => {
    const half = Buffer.alloc(200 * 1024, 'x');
    for (let n = 0; n < 3; n += 1) store.append(half, 0, half.length);
    expect([size('messages.dat'), size('messages.idx')]).toEqual([2 * half.length, 0]);
    store.flushMessages();
    expect([size('messages.dat'), size('messages.idx')]).toEqual([3 * half.length, 3 * 28]);
    expect(size('inbound.seq')).toBe(0);
    store.close();
  });
});

it('what has not changed is not written again', () => {
  store.append(Buffer.from('one'), 0, 3);
  store.nextIn = 2;
  const calls = watch('writeSync');
  store.flush();
  expect(calls).toHaveLength(3);
  store.flush();
  store.flushState();
  expect(calls).toHaveLength(3);
  store.nextIn = 3;
  store.flush();
  expect(calls).toHaveLength(4);
  store.close();
});

it('is durable, and its files are closed, when it is closed', () => {
  const calls = watch('writeSync', 'fsyncSync', 'closeSync');
  store.append(Buffer.from('one'), 0, 3);
  store.close();
  expect(calls).toEqual(['writeSync', 'writeSync', 'fsyncSync', 'fsyncSync', 'fsyncSync', 'closeSync', 'closeSync', 'closeSync']);
});

describe('a copy is kept beside', () => {
  const kept = (): number => readdirSync(dir).filter((name) => name.startsWith('messages.dat.')).length;

  it('when numbers are set, but of a store in which nothing was sent', () => {
    store.setNextOut(5, UTC);
    expect([store.nextOut, kept()]).toEqual([5, 0]);
    store.setNextOut(6, UTC);
    expect([store.nextOut, kept()]).toEqual([6, 1]);
    store.close();
  });

  it('when numbers start again, also where only the inbound one has moved', () => {
    store.nextIn = 2;
    store.reset(UTC);
    expect([store.nextIn, store.nextOut, kept()]).toEqual([1, 1, 1]);
    store.append(Buffer.from('x'), 0, 0);
    store.reset(UTC);
    expect([store.nextOut, kept()]).toEqual([1, 2]);
    store.close();
  });
});
