import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { Reader } from '../../../main/reading/reader.ts';
import { READING_THREAD } from '../../support/reading-thread.ts';

const STUCK = fileURLToPath(new URL('./stuck-thread.ts', import.meta.url));
const WAIT = { timeout: 20_000 };
let dir: string;
let reader: Reader;
let notes: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-reader-'));
  for (const folder of ['fix/LP-A', 'dictionaries']) mkdirSync(join(dir, folder), { recursive: true });
  notes = [];
});
afterEach(async () => {
  await reader.close();
  rmSync(dir, { recursive: true });
});

function open(entry = READING_THREAD): Reader {
  reader = new Reader({
    entry,
    folders: { fixLogDir: join(dir, 'fix'), dictionaryDirs: [join(dir, 'dictionaries')] },
    clock: systemClock,
    onTailError: (provider, message) => notes.push(`${provider}: ${message}`),
    onNote: (text) => notes.push(text),
  });
  return reader;
}
const me = {};
const line = (text: string) => `2026-01-31T09:30:00.000001Z I ${text}\n`;
const log = () => join(dir, 'fix', 'LP-A', 'fix.log');

test('messages are decoded and logs followed in the thread, and close there', async () => {
  open();
  writeFileSync(log(), line('one') + line('two'));
  const given: string[] = [];
  const tail = await reader.openTail(me, 'LP-A', 1, (lines) => given.push(...lines.map(({ n, text }) => `${n} ${text}`)));
  expect(tail).toMatchObject({ ok: true, value: { lines: [{ n: 1, text: 'two' }] } });
  appendFileSync(log(), line('three'));
  await expect.poll(() => given, WAIT).toEqual(['2 three']);
  expect(await reader.decode(me, '8=FIX.4.4\x0135=0\x01', null)).toMatchObject({ ok: true, value: { name: 'Heartbeat' } });
  if (tail.ok) tail.value.close();
  appendFileSync(log(), line('four'));
  expect(await reader.openTail(me, 'LP-A', 1, () => undefined)).toMatchObject({ value: { lines: [{ text: 'four' }] } });
  expect(given).toEqual(['2 three']);
});

test('a pipe, a device and a file elsewhere are no dictionaries, told without a word of them, and hold up nothing', async () => {
  open();
  const pipe = join(dir, 'dictionaries', 'pipe');
  execFileSync('mkfifo', [pipe]);
  const shadow = join(dir, 'dictionaries', 'shadow.xml');
  writeFileSync(shadow, 'root:$y$j9T$secret:19000:0:99999:7:::');
  const message = '8=FIX.4.4\x0135=0\x01';
  const beganMs = performance.now();
  const problems = await Promise.all(
    [pipe, '/dev/zero', '/etc/shadow', shadow].map(async (file) => {
      const decoded = await reader.decode(me, message, file);
      return decoded.ok ? decoded.value.problem : decoded.error.message;
    }),
  );
  expect(performance.now() - beganMs).toBeLessThan(4_000);
  expect(problems).toEqual([
    expect.stringMatching(/no regular file$/),
    expect.stringMatching(/does not lie below .*dictionaries$/),
    expect.stringMatching(/does not lie below .*dictionaries$/),
    expect.stringMatching(/Not a QuickFIX data dictionary: XML parse error at line 1: Non-whitespace before first tag\.?$/),
  ]);
});

test('a log of 120 MB with long lines opens at once, and one that is a pipe holds up nothing', async () => {
  open();
  const long = line(`8=FIX.4.4\x0158=${'x'.repeat(300_000)}\x01`);
  writeFileSync(log(), long.repeat(400));
  await reader.decode(me, '8=FIX.4.4\x01', null);
  const beganMs = performance.now();
  const tail = await reader.openTail(me, 'LP-A', 10_000, () => undefined);
  expect(performance.now() - beganMs).toBeLessThan(1_000);
  expect(tail.ok && tail.value.lines.length).toBeGreaterThan(5);

  mkdirSync(join(dir, 'fix', 'LP-B'));
  execFileSync('mkfifo', [join(dir, 'fix', 'LP-B', 'fix.log')]);
  await reader.openTail(me, 'LP-B', 10, () => undefined);
  expect(await reader.decode(me, '8=FIX.4.4\x0135=0\x01', null)).toMatchObject({ ok: true });
});

test('who asks for much has a share, and others theirs', async () => {
  open(STUCK);
  const answers = Array.from({ length: 30 }, (_, n) => reader.decode(me, `mine ${n}`, null));
  const order: string[] = [];
  const other = reader.decode({}, 'theirs', null).then(() => order.push('theirs'));
  void answers[8]?.then(() => order.push('mine'));
  await other;
  const settled = await Promise.all(answers);
  expect(settled.filter(({ ok }) => ok)).toHaveLength(9);
  expect(settled.at(-1)).toMatchObject({ error: { code: 'too-many-requests' } });
  expect(order[0]).toBe('theirs');
});

test('what never ends is given up, what grows ends alone, and the tails go on in another thread', async () => {
  open(STUCK);
  const given: number[] = [];
  await reader.openTail(me, 'LP-A', 0, (lines) => given.push(...lines.map(({ n }) => n)));
  expect(await reader.decode(me, 'hang', null)).toMatchObject({ error: { code: 'reading-failed' } });
  expect(await reader.decode(me, 'next', null)).toMatchObject({ ok: true, value: { name: 'next' } });
  expect(await reader.decode(me, 'grow', null)).toMatchObject({ error: { code: 'reading-failed' } });
  expect(await reader.decode(me, 'after', null)).toMatchObject({ ok: true });
  await expect.poll(() => given, WAIT).toEqual([1, 2, 3]);
  expect(notes).toEqual([expect.stringContaining('longer than 5 s'), expect.stringContaining('memory')]);
});
