import fs, { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ENTRY_BYTES } from '../../../../main/engine/store/index-entry.ts';
import { MessageStore } from '../../../../main/engine/store/message-store.ts';

let dir: string;
let alarms: string[];
let store: MessageStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-reader-'));
  alarms = [];
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

const open = (): void => {
  store = new MessageStore(dir, (text) => alarms.push(text));
};
const put = (text: string): void => store.append(Buffer.from(text), 0, Buffer.byteLength(text));
/** @param most the visitor has enough then */
const visit = (first: number, last: number, most = Number.POSITIVE_INFINITY): [number, string][] => {
  const seen: [number, string][] = [];
  store.visit(first, last, (seqNum, bytes, from, to) => {
    seen.push([seqNum, Buffer.from(bytes.subarray(from, to)).toString()]);
    return seen.length < most;
  });
  return seen;
};
/** Opens a store of `count` messages, of which these have a damaged index entry. */
const damaged = (count: number, ...lost: number[]): void => {
  open();
  for (let n = 1; n <= count; n += 1) put(`message ${n}`);
  store.close();
  const index = fs.readFileSync(join(dir, 'messages.idx'));
  for (const n of lost) index.fill(0xff, (n - 1) * ENTRY_BYTES, n * ENTRY_BYTES);
  writeFileSync(join(dir, 'messages.idx'), index);
  open();
};

describe('what is read back', () => {
  it('comes from the disk in big chunks, a message that does not fit into one by itself', () => {
    open();
    for (let n = 1; n <= 3_000; n += 1) put(`${n}`.padEnd(500, 'x'));
    put('B'.repeat(1024 * 1024 + 1));
    put('last');
    store.flush();
    const reads = vi.spyOn(fs, 'readSync');
    syncBuiltinESMExports();
    const seen = visit(1, 3_002);
    expect(seen.map(([n, text]) => [n, text.length])).toEqual([
      ...Array.from({ length: 3_000 }, (_, i) => [i + 1, 500]),
      [3_001, 1024 * 1024 + 1],
      [3_002, 4],
    ]);
    // 1.5 MB in two chunks, the large one, what is behind it; and the index.
    expect(reads.mock.calls.length).toBe(5);
  });

  it('ends when whoever looks at it has enough: at a message, at one with nothing to resend, and at one that is lost', () => {
    damaged(6, 3);
    expect(visit(1, 6, 2)).toEqual([
      [1, 'message 1'],
      [2, 'message 2'],
    ]);
    expect(visit(1, 6, 3).at(-1)).toEqual([3, '']);
    store.setNextOut(4_000_000, '20260131T093000.123Z');
    expect(visit(10, 4_000, 2)).toEqual([
      [10, ''],
      [11, ''],
    ]);
  });

  it('is nothing of a message whose end is gone, also of one that does not fit into a chunk', () => {
    open();
    put('B'.repeat(1024 * 1024 + 1));
    put('last');
    store.close();
    truncateSync(join(dir, 'messages.dat'), 1024 * 1024);
    open();
    expect(visit(1, 2)).toEqual([
      [1, ''],
      [2, ''],
    ]);
    expect(store.unreadable).toBe(2);
  });

  it('is nothing where the disk gives an error for it, and any other failure is not hidden', () => {
    open();
    put('one');
    store.flush();
    const real = fs.readSync;
    let code = 'EIO';
    vi.spyOn(fs, 'readSync').mockImplementation((...args: unknown[]): number => {
      if (args[3] === 1024 * 1024) throw Object.assign(new Error(code), { code });
      return (real as (...same: unknown[]) => number)(...args);
    });
    syncBuiltinESMExports();
    expect(visit(1, 1)).toEqual([[1, '']]);
    expect(store.unreadable).toBe(1);
    code = 'EBADF';
    expect(() => visit(1, 1)).toThrow('EBADF');
  });
});

describe('the alarm about what cannot be read back', () => {
  const named = (): string => / MsgSeqNum (.*?)\./.exec(alarms.at(-1) ?? '')?.[1] ?? '';

  it('names up to five runs of numbers', () => {
    damaged(12, 1, 2, 3, 5, 7, 9, 11, 12);
    visit(1, 12);
    expect(named()).toBe('1–3, 5, 7, 9, 11–12');
    expect(alarms).toEqual([expect.stringMatching(/^8 stored messages cannot be read back/)]);
  });

  it('says that there are others beyond five', () => {
    damaged(14, 1, 3, 5, 7, 9, 11, 13);
    visit(1, 14);
    expect(named()).toBe('1, 3, 5, 7, 9 and others');
    expect(store.unreadable).toBe(7);
  });

  it('comes once for a number, also when the visit ends early, and counts on through a reset', () => {
    damaged(4, 2, 4);
    visit(1, 4, 2);
    visit(1, 4, 3);
    expect(alarms).toHaveLength(1);
    visit(1, 4);
    expect(alarms).toHaveLength(2);
    expect(named()).toBe('4');
    store.reset('20260131T093000.123Z');
    expect(store.unreadable).toBe(2);
  });
});

describe('a message of before messages had a check', () => {
  const whole = (body: string): string => {
    const text = `8=FIX.4.4\u0001${body}`;
    const sum = Buffer.from(text).reduce((total, byte) => total + byte, 0) % 256;
    return `${text}10=${String(sum).padStart(3, '0')}\u0001`;
  };
  /** Index entries as they were: offset (float64), length, next expected inbound (uint32 each). */
  const old = (...messages: string[]): void => {
    const index = Buffer.alloc(16 * messages.length);
    let offset = 0;
    for (const [i, text] of messages.entries()) {
      index.writeDoubleLE(offset, i * 16);
      index.writeUInt32LE(text.length, i * 16 + 8);
      offset += text.length;
    }
    writeFileSync(join(dir, 'messages.dat'), messages.join(''));
    writeFileSync(join(dir, 'messages.idx'), index);
    open();
  };

  it('is taken by its CheckSum(10), also without a number of its own', () => {
    const messages = [whole('35=B\u0001'), whole('35=B\u000134=2\u0001'), whole('35=B\u000134=123456789012\u0001')];
    old(...messages);
    expect(visit(1, 3)).toEqual([
      [1, messages[0]],
      [2, messages[1]],
      [3, ''],
    ]);
  });

  it('is lost when it is too short to be one, or has no CheckSum(10) at its end', () => {
    old('abc', '10=000\u0001', `${whole('34=3\u0001').slice(0, -1)}x`, whole('34=4\u0001'));
    expect(visit(1, 4)).toEqual([
      [1, ''],
      [2, '10=000\u0001'],
      [3, ''],
      [4, whole('34=4\u0001')],
    ]);
  });
});
