import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withRegularFile } from '../../../main/base/regular-file.ts';

let root: string;
let below: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vfxlp-regular-'));
  below = join(root, 'dictionaries');
  mkdirSync(join(below, 'lp'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const read = (path: string, folders: readonly string[] | null = [below], maxBytes = 1_000) =>
  withRegularFile(path, { folders, maxBytes }, (file) => file.read().toString());
const file = (path: string, text = 'secret'): string => {
  writeFileSync(path, text);
  return path;
};

test('a file below the folder is read, also by a link that stays there, and one of any place where no folder is named', () => {
  const inside = file(join(below, 'lp', 'fix.xml'), '<fix/>');
  symlinkSync(inside, join(below, 'link.xml'));
  expect([read(inside), read(join(below, 'link.xml'))]).toEqual(['<fix/>', '<fix/>']);
  expect(read(file(join(root, 'other')), null)).toBe('secret');
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
])('a file %s is refused, with nothing of it in the sentence', (_what, path, why) => {
  expect(() => read(path())).toThrow(why);
  try {
    read(path());
  } catch (error) {
    expect(String(error)).not.toContain('secret');
  }
});

function link(to: string): string {
  const at = join(below, 'link');
  rmSync(at, { force: true });
  symlinkSync(to, at);
  return at;
}

test('neither a pipe that nobody writes to nor a device that never ends is waited for', () => {
  const pipe = join(below, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const beganMs = performance.now();
  expect(() => read(pipe)).toThrow(/no regular file/);
  expect(() => read('/dev/zero', null)).toThrow(/no regular file/);
  expect(performance.now() - beganMs).toBeLessThan(500);
});

test('a file that has changed has another version', () => {
  const path = file(join(below, 'fix.xml'));
  const version = () => withRegularFile(path, { folders: [below], maxBytes: 1_000 }, (found) => found.version);
  const first = version();
  expect(version()).toBe(first);
  appendFileSync(path, ' ');
  expect(version()).not.toBe(first);
});
