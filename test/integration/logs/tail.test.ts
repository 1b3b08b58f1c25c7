import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { type LogFilter, NO_LOG_FILTER } from '../../../main/contracts/log-filter.ts';
import type { FixLogLine } from '../../../main/contracts/lp-view.ts';
import { FixLog } from '../../../main/engine/log/fix-log.ts';
import { FixLogTail } from '../../../main/logs/tail.ts';

let dir = '';
let path = '';
const errors: string[] = [];
const open: { close(): void | Promise<void> }[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-tail-'));
  mkdirSync(join(dir, 'LP-X'));
  path = join(dir, 'LP-X', 'fix.log');
  errors.length = 0;
});
afterEach(async () => {
  for (const tail of open.splice(0)) await tail.close();
  rmSync(dir, { recursive: true });
});

/** A tail and everything that it has given so far. */
async function tail(lines: number, filter: LogFilter | null = null) {
  const options = {
    fixLogDir: dir,
    clock: systemClock,
    filter,
    onError: (_provider: string, error: Error) => errors.push(error.message),
  };
  const given: FixLogLine[] = [];
  const batches: number[] = [];
  let skipped = 0;
  const onLines = (more: readonly FixLogLine[], left: number): void => {
    given.push(...more);
    batches.push(more.length);
    skipped += left;
  };
  const opened = new FixLogTail('LP-X', lines, 1, onLines, options);
  open.push(opened);
  return { first: opened.lines, given, batches, skipped: () => skipped, texts: () => given.map(({ text }) => text) };
}

const line = (text: string | number, direction: 'I' | 'O' = 'I') => `2026-01-31T09:30:00.000001Z ${direction} ${text}\n`;
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => line(from + i)).join('');

describe('a tail of the raw FIX log', () => {
  it('begins with the last lines, then follows', async () => {
    writeFileSync(path, lines(1, 5_000));
    const { first, given, texts } = await tail(3);
    expect(first.map(({ n, text }) => [n, text])).toEqual([
      [1, '4998'],
      [2, '4999'],
      [3, '5000'],
    ]);
    appendFileSync(path, line('next', 'O'));
    await expect.poll(texts).toEqual(['next']);
    expect(given[0]).toMatchObject({ n: 4, direction: 'out', at: '2026-01-31T09:30:00.000001Z' });
  });

  it('has the whole log when it is shorter than asked for, and none of it when asked for none', async () => {
    writeFileSync(path, lines(1, 3));
    expect((await tail(100)).first).toHaveLength(3);
    expect((await tail(0)).first).toHaveLength(0);
  });

  it('waits for a line that is half written', async () => {
    writeFileSync(path, `${lines(1, 2)}2026-01-31T09:30:00.000001Z I ha`);
    const { first, texts } = await tail(10);
    expect(first).toHaveLength(2);
    appendFileSync(path, 'lf\n');
    await expect.poll(texts).toEqual(['half']);
  });

  it('waits for a log that does not exist yet, and for its folder', async () => {
    rmSync(join(dir, 'LP-X'), { recursive: true });
    const { first, texts } = await tail(10);
    expect(first).toEqual([]);
    mkdirSync(join(dir, 'LP-X'));
    writeFileSync(path, lines(1, 2));
    await expect.poll(texts).toEqual(['1', '2']);
  });

  it('misses nothing over a rotation', async () => {
    writeFileSync(path, lines(1, 2));
    const { texts } = await tail(0);
    appendFileSync(path, lines(3, 50));
    renameSync(path, join(dir, 'LP-X', 'fix.2026-01-31.1.log'));
    writeFileSync(path, lines(51, 60));
    await expect.poll(texts).toEqual(Array.from({ length: 58 }, (_, i) => String(i + 3)));
    appendFileSync(path, line('on'));
    await expect.poll(() => texts().at(-1)).toBe('on');
  });

  it('begins again when the log was cut short', async () => {
    writeFileSync(path, lines(1, 100));
    const { texts } = await tail(0);
    truncateSync(path, 0);
    appendFileSync(path, lines(7, 8));
    await expect.poll(texts).toEqual(['7', '8']);
  });

  it('gives the end of a burst, counts the rest, and forgets none', async () => {
    writeFileSync(path, '');
    const { given, batches, skipped } = await tail(0);
    const written = 200_000;
    for (let from = 1; from <= written; from += 1_000) appendFileSync(path, lines(from, from + 999));
    await expect.poll(() => given.length + skipped()).toBe(written);
    expect(given.at(-1)?.text).toBe(String(written));
    expect(Math.max(...batches)).toBeLessThanOrEqual(200);
    expect(given.map(({ n }) => n)).toEqual(given.map((_, i) => i + 1));
  });

  it('filters before a burst leaves anything out', async () => {
    const report = (n: number) => line(`8=FIX.4.4\x0135=8\x0134=${n}\x01`);
    const quote = line('8=FIX.4.4\x0135=W\x0134=1\x01');
    writeFileSync(path, `${report(1)}${quote.repeat(2_000)}${report(2)}${quote.repeat(2_000)}`);
    const { first, given, skipped } = await tail(10, { ...NO_LOG_FILTER, msgType: '8' });
    expect(first.map(({ n, text }) => [n, text.includes('\x0135=8\x01')])).toEqual([
      [1, true],
      [2, true],
    ]);
    for (let n = 3; n < 103; n += 1) appendFileSync(path, `${report(n)}${quote.repeat(200)}`);
    await expect.poll(() => given.length).toBe(100);
    expect(given.every(({ text }) => text.includes('\x0135=8\x01'))).toBe(true);
    expect(skipped()).toBe(0);
  });

  it('gives a line of a megabyte cut, and few enough of them, and finds the last ones without reading the whole file', async () => {
    const long = `8=FIX.4.4\x0158=${'x'.repeat(1_000_000)}\x01`;
    for (let n = 0; n < 12; n += 1) appendFileSync(path, line(long));
    const { first, given, skipped } = await tail(200);
    expect(first.length).toBeLessThan(5);
    expect(first.at(-1)?.text).toMatch(/x… \([\d,]+ bytes more in fix\.log\)$/);
    for (let n = 0; n < 40; n += 1) appendFileSync(path, line(long));
    await expect.poll(() => given.length + skipped(), { timeout: 20_000 }).toBe(40);
    expect(Math.max(...given.map(({ text }) => text.length))).toBeLessThan(9_000);
  });

  it('loses no message behind a hole that a disk that failed has left', async () => {
    const hole = Buffer.alloc(5_000);
    const half = '2026-01-31T09:30:00.000001Z I ha';
    writeFileSync(path, Buffer.concat([Buffer.from(lines(1, 2)), Buffer.from(half), hole, Buffer.from(lines(3, 4))]));
    const { first, texts } = await tail(10);
    expect(first.map(({ text }) => text)).toEqual(['1', '2', 'ha', '3', '4']);
    appendFileSync(path, Buffer.concat([hole, Buffer.from(lines(5, 6))]));
    await expect.poll(texts).toEqual(['5', '6']);
  });

  it('gives nothing after it is closed', async () => {
    writeFileSync(path, '');
    const { given } = await tail(0);
    await open.pop()?.close();
    appendFileSync(path, lines(1, 5));
    const { texts } = await tail(0);
    appendFileSync(path, line('seen'));
    await expect.poll(texts).toEqual(['seen']);
    expect(given).toEqual([]);
  });

  it('refuses a log that cannot be read', async () => {
    mkdirSync(path);
    await expect(tail(10)).rejects.toThrow();
  });

  it('reads what the engine writes, over the rotation of the engine', async () => {
    const log = new FixLog(
      {
        dir: join(dir, 'LP-X'),
        maxBytes: 20_000,
        keep: 5,
        onError: (error) => errors.push(error.message),
        onNote: (text) => errors.push(text),
      },
      0,
    );
    open.push({ close: async () => log.close() });
    const { given, texts } = await tail(0);
    const sent: string[] = [];
    for (let n = 1; n <= 400; n += 1) {
      const message = `8=FIX.4.4\x0134=${n}\x01${'x'.repeat(80)}\x01`;
      sent.push(message);
      log.at(Date.UTC(2026, 0, 31, 9, 30) + n / 1000);
      log.append(n % 2 === 0 ? 'in' : 'out', Buffer.from(message), 0, message.length);
      if (n % 20 === 0) {
        log.flushSync();
        await expect.poll(texts).toEqual(sent);
      }
    }
    expect(given[0]).toMatchObject({ direction: 'out', at: '2026-01-31T09:30:00.000001Z' });
    expect(errors).toEqual([]);
  });
});
