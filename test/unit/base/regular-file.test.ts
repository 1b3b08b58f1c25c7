import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withRegularFile } from '../../../main/base/regular-file.ts';

let root: string;
let below: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vfxlp-regular-'));
  below = join(root, 'dictionaries');
  mkdirSync(join(below, 'lp'), { recursive: true });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true });
});

const read = (path: string, folders: readonly string[] | null = [below], maxBytes = 1_000) =>
  withRegularFile(path, { folders, maxBytes }, async (file) => (await file.read()).toString());
const file = (path: string, text = 'secret'): string => {
  writeFileSync(path, text);
  return path;
};

test('a file below the folder is read, also by a link that stays there, and one of any place where no folder is named', async () => {
  const inside = file(join(below, 'lp', 'fix.xml'), '<fix/>');
  symlinkSync(inside, join(below, 'link.xml'));
  expect([await read(inside), await read(join(below, 'link.xml'))]).toEqual(['<fix/>', '<fix/>']);
  expect(await read(file(join(root, 'other')), null)).toBe('secret');
});

test.each([
  ['beside it', () => file(join(root, 'other')), /does not lie below/],
  ['in a folder whose name begins like it', () => file(`${below}-2`), /does not lie below/],
  ['behind ..', () => `${below}/../${file(join(root, 'other')).slice(root.length + 1)}`, /does not lie below/],
  ['behind a link', () => link(file(join(root, 'other'))), /does not lie below/],
  ['behind a link of a folder', () => `${link(dirname(file(join(root, 'other'))))}/other`, /does not lie below/],
  ['that is a folder', () => join(below, 'lp'), /no regular file/],
  ['that is not there', () => join(below, 'none'), /no such file/],
  ['behind a link to nothing', () => link(join(below, 'none')), /no such file/],
  ['that is too large', () => file(join(below, 'large'), 'x'.repeat(1_001)), /1001 bytes; at most 1000/],
  ['behind a link to a device', () => link('/dev/zero'), /does not lie below/],
])('a file %s is refused, with nothing of it in the sentence', async (_what, path, why) => {
  const error: unknown = await read(path()).catch((refusal: unknown) => refusal);
  expect(String(error)).toMatch(why);
  expect(String(error)).not.toContain('secret');
});

function link(to: string): string {
  const at = join(below, 'link');
  rmSync(at, { force: true });
  symlinkSync(to, at);
  return at;
}

test('neither a pipe that nobody writes to nor a device that never ends is waited for', async () => {
  const pipe = join(below, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const beganMs = performance.now();
  await expect(read(pipe)).rejects.toThrow(/no regular file/);
  await expect(read('/dev/zero', null)).rejects.toThrow(/no regular file/);
  expect(performance.now() - beganMs).toBeLessThan(500);
});

test('a file that has changed has another version, which is settled once it is two seconds old', async () => {
  const path = file(join(below, 'fix.xml'));
  const look = () =>
    withRegularFile(path, { folders: [below], maxBytes: 1_000 }, ({ version, settled }) => ({ version, settled }));
  const first = await look();
  expect(first.settled).toBe(false);
  expect(await look()).toEqual(first);
  appendFileSync(path, ' ');
  expect((await look()).version).not.toBe(first.version);
  vi.setSystemTime(Date.now() + 2_500);
  expect((await look()).settled).toBe(true);
});

test('descriptors are closed, also of what is refused', async () => {
  const open = () => readdirSync('/proc/self/fd').length;
  const large = file(join(below, 'large'), 'x'.repeat(1_001));
  const before = open();
  for (let i = 0; i < 20; i++) {
    await read(file(join(below, 'fix.xml')));
    for (const path of [large, join(below, 'lp'), join(below, 'none')]) await read(path).catch(() => undefined);
  }
  expect(open()).toBeLessThan(before + 20);
});
