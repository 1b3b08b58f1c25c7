import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ENTRY_BYTES,
  type Entry,
  nextInAt,
  oldEntryAt,
  seqNumAt,
  stampNextIn,
  writeEntry,
} from '../../../../main/engine/store/index-entry.ts';
import { IndexFile, writeAll } from '../../../../main/engine/store/index-file.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-index-'));
  path = join(dir, 'messages.idx');
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  rmSync(dir, { recursive: true, force: true });
});

const DATA_BYTES = 1_000_000;
const open = (): IndexFile => new IndexFile(path, DATA_BYTES);
/** Entries for messages of ten bytes, one behind the other. */
const append = (index: IndexFile, count: number): void => {
  for (let n = 0; n < count; n += 1) index.append(index.last * 10, 10, 7);
};
const at = (index: IndexFile, seqNum: number): Entry | null => (index.load(seqNum, 1) === 0 ? null : index.entry(0, seqNum));
const message = (seqNum: number) => ({ kind: 'message', offset: (seqNum - 1) * 10, length: 10, check: 7 });

describe('the index of the message store', () => {
  it('takes more than it holds in memory, and gives what there is', () => {
    const index = open();
    append(index, 5_000);
    index.flush(9);
    expect([index.last, index.lastNextIn]).toEqual([5_000, 9]);
    expect([at(index, 1), at(index, 4_096), at(index, 4_097), at(index, 5_000)]).toEqual([
      message(1),
      message(4_096),
      message(4_097),
      message(5_000),
    ]);
    expect([index.load(4_999, 100), index.load(1, 10_000), index.load(5_001, 1), index.load(5_010, 4)]).toEqual([2, 4_096, 0, 0]);
    index.close();
    expect(() => index.load(1, 1)).toThrow('EBADF');
  });

  it('says nothing of an inbound number where it has no entry', () => {
    const index = open();
    expect([index.last, index.lastNextIn]).toEqual([0, 0]);
    index.close();
  });

  it('cuts off half an entry at once', () => {
    writeFileSync(path, Buffer.alloc(ENTRY_BYTES + 7, 0xff));
    open().close();
    expect(statSync(path).size).toBe(ENTRY_BYTES);
  });

  it('is made durable when it is to be', () => {
    const index = open();
    const synced = vi.spyOn(fs, 'fsyncSync');
    syncBuiltinESMExports();
    index.sync();
    expect(synced).toHaveBeenCalledTimes(1);
    index.close();
  });

  it('that is made shorter keeps what is before, also what was not written yet', () => {
    const index = open();
    append(index, 5);
    index.resize(3, 2, 'empty');
    expect([index.last, at(index, 2), at(index, 3), at(index, 4)]).toEqual([3, message(2), message(3), null]);
    index.close();
    expect(open().last).toBe(3);
  });

  it('that is made longer has nothing to resend there, or knows that it is lost', () => {
    const index = open();
    append(index, 1);
    index.resize(3, 2, 'empty');
    index.resize(5, 2, 'lost');
    expect([1, 3, 4, 5].map((n) => at(index, n)?.kind)).toEqual(['message', 'empty', 'damaged', 'damaged']);
    index.close();
  });

  it('begins anew far above, in little space, and keeps where it begins', () => {
    const index = open();
    append(index, 2);
    index.resize(5_000_000, 2, 'empty');
    expect(statSync(path).size).toBe(ENTRY_BYTES);
    append(index, 3);
    index.resize(5_000_002, 2, 'empty');
    expect([index.last, at(index, 2), at(index, 5_000_000)?.kind, at(index, 5_000_002)]).toEqual([
      5_000_002,
      null,
      'empty',
      { kind: 'message', offset: 50_000_010, length: 10, check: 7 },
    ]);
    // The number before its first entry.
    index.resize(4_999_999, 2, 'empty');
    index.close();
    const again = open();
    expect(again.last).toBe(4_999_999);
    again.close();
  });

  it.each([
    ['the beginning', 0],
    ['the end', 300],
  ])('finds where it begins also when %s is damaged', (_what, from) => {
    const index = open();
    index.resize(5_000_000, 2, 'empty');
    append(index, 599);
    index.flush(2);
    index.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, from * ENTRY_BYTES, (from + 300) * ENTRY_BYTES));
    const again = open();
    expect(again.last).toBe(5_000_599);
    again.close();
  });

  it('of which nothing can be read is not taken for one of before', () => {
    writeFileSync(path, Buffer.alloc(10 * ENTRY_BYTES, 0xff));
    const index = open();
    expect([index.last, at(index, 4)?.kind]).toEqual([10, 'damaged']);
    index.close();
  });
});

describe('an index of before its entries had a check', () => {
  const old = (count: number, change: (bytes: Buffer) => unknown = () => undefined): void => {
    const bytes = Buffer.alloc(count * 16);
    for (let n = 0; n < count; n += 1) {
      bytes.writeDoubleLE(n * 10, n * 16);
      bytes.writeUInt32LE(10, n * 16 + 8);
      bytes.writeUInt32LE(n + 1, n * 16 + 12);
    }
    change(bytes);
    writeFileSync(path, bytes);
  };

  it.each([1, 2, 20_000])('is rewritten with all of its %i entries, durably, with nothing left beside', (count) => {
    old(count);
    const order: string[] = [];
    for (const name of ['fsyncSync', 'renameSync', 'closeSync'] as const) {
      const real = fs[name] as (...args: unknown[]) => unknown;
      vi.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
        order.push(name);
        return real(...args) as undefined;
      });
    }
    syncBuiltinESMExports();
    const index = open();
    // The first is of the file that is made where there is none.
    expect(order).toEqual(['closeSync', 'fsyncSync', 'closeSync', 'renameSync']);
    expect([index.last, index.lastNextIn, at(index, 1), at(index, count)]).toEqual([
      count,
      count,
      { ...message(1), check: 0 },
      { ...message(count), check: 0 },
    ]);
    index.close();
    expect(readdirSync(dir)).toEqual(['messages.idx']);
    expect(statSync(path).size).toBe(count * ENTRY_BYTES);
  });

  it('is known by one good entry, and what its last one says is not taken when that is damaged', () => {
    old(3, (bytes) => {
      bytes.writeDoubleLE(-5, 0);
      bytes.writeDoubleLE(-5, 2 * 16);
    });
    const index = open();
    expect([index.last, index.lastNextIn]).toEqual([3, 0]);
    expect([1, 2, 3].map((n) => at(index, n)?.kind)).toEqual(['damaged', 'message', 'damaged']);
    index.close();
  });
});

describe('an entry', () => {
  const words = new DataView(new ArrayBuffer(64));

  it('says what is expected inbound as far as it can be written', () => {
    writeEntry(words, 0, 5, 100, 10, 7);
    expect([seqNumAt(words, 0), nextInAt(words, 0)]).toEqual([5, 0]);
    for (const nextIn of [12, 0xffff_ffff]) {
      stampNextIn(words, 0, nextIn);
      expect([seqNumAt(words, 0), nextInAt(words, 0)]).toEqual([5, nextIn]);
    }
    stampNextIn(words, 0, 2 ** 32 + 5);
    expect(nextInAt(words, 0)).toBe(0);
  });

  const MAX = 64 * 1024 * 1024;
  it.each<[number, number, Entry['kind']]>([
    [0, 0, 'empty'],
    [1e9, 0, 'empty'],
    [-1, 0, 'damaged'],
    [1e300, 0, 'damaged'],
    [Number.NaN, 0, 'damaged'],
    [0, 1_000, 'message'],
    [2 ** 30 - 1_000, 1_000, 'message'],
    [2 ** 30 - 999, 1_000, 'damaged'],
    [0.5, 10, 'damaged'],
    [-1, 10, 'damaged'],
    [0, MAX, 'message'],
    [0, MAX + 1, 'damaged'],
  ])('of before at %d with the length %d is %s', (offset, length, kind) => {
    words.setFloat64(0, offset, true);
    words.setUint32(8, length, true);
    expect(oldEntryAt(words, 0, 2 ** 30)).toEqual(kind === 'message' ? { kind, offset, length, check: 0 } : { kind });
  });
});

it('a write that the disk takes in pieces is continued where it stopped', () => {
  const fd = fs.openSync(path, 'w+');
  const real = fs.writeSync as (...args: unknown[]) => number;
  const asked: unknown[] = [];
  vi.spyOn(fs, 'writeSync').mockImplementation((...[file, bytes, from, length, position]: unknown[]) => {
    asked.push([from, length, position]);
    return real(file, bytes, from, Math.min(3, Number(length)), position);
  });
  syncBuiltinESMExports();
  writeAll(fd, Buffer.from('abcdefgh-'), 8, 2);
  fs.closeSync(fd);
  expect(readFileSync(path, 'latin1')).toBe('\0\0abcdefgh');
  expect(asked).toEqual([
    [0, 8, 2],
    [3, 5, 5],
    [6, 2, 8],
  ]);
});
