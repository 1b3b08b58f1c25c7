import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CutShort, countLines, LogFile } from '../../../../main/logs/server/log-file.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-log-file-'));
  path = join(dir, 'fix.log');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const text = (): string => readFileSync(path, 'utf8');
const put = (file: LogFile, line: string): void => {
  const bytes = Buffer.from(line);
  file.write(bytes, 0, bytes.length, file.placeSync(bytes.length));
};

describe('a log file', () => {
  it('is made with its folder, and goes on at its end', () => {
    path = join(dir, 'LP', 'fix.log');
    const first = new LogFile(path);
    expect([first.position, first.lastWrittenMs]).toEqual([0, null]);
    put(first, 'one\n');
    first.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const second = new LogFile(path);
    expect([second.position, second.lastWrittenMs]).toEqual([4, statSync(path).mtimeMs]);
    put(second, 'two\n');
    second.close();
    expect(text()).toBe('one\ntwo\n');
  });

  it.each([
    ['one\n', 'one\n', 4],
    ['one\nhal', 'one\nhal\n', 8],
    ['', '', 0],
  ])('ends the half line that it finds: %j', (before, after, position) => {
    writeFileSync(path, before);
    const file = new LogFile(path);
    expect(file.position).toBe(position);
    file.close();
    expect(text()).toBe(after);
  });

  it('goes on at the end that is there when somebody has cut it short, and writes over what somebody has added', () => {
    const file = new LogFile(path);
    put(file, 'one\n');
    put(file, 'two\n');
    truncateSync(path, 4);
    put(file, 'three\n');
    expect(text()).toBe('one\nthree\n');
    appendFileSync(path, 'foreign\n');
    put(file, 'four\n');
    expect(text().startsWith('one\nthree\nfour\n')).toBe(true);
    file.close();
  });

  it('keeps the whole lines of a write that was cut short, and gives the rest of its place back', () => {
    const bytes = Buffer.from('one\ntwo\nthree\n');
    for (const [done, kept, lost] of [
      [0, '', 3],
      [3, '', 3],
      [4, 'one\n', 2],
      [9, 'one\ntwo\n', 1],
    ] as const) {
      writeFileSync(path, '');
      const file = new LogFile(path);
      const at = file.placeSync(bytes.length);
      file.write(bytes, 0, done, at);
      expect(file.giveBack(bytes, bytes.length, at, done)).toBe(lost);
      expect(text()).toBe(kept);
      expect(file.position).toBe(kept.length);
      put(file, 'next\n');
      file.close();
      expect(text()).toBe(`${kept}next\n`);
    }
  });

  it('says how much the system took before it refused', () => {
    const file = new LogFile(path);
    file.close();
    const refused = (): void => file.write(Buffer.from('x\n'), 1, 2, 0);
    expect(refused).toThrow(CutShort);
    expect(refused).toThrow(expect.objectContaining({ done: 1, cause: expect.objectContaining({ code: 'EBADF' }) }));
  });

  it('knows whether a name still leads to it', () => {
    const file = new LogFile(path);
    expect([file.deleted, file.is(statSync(path))]).toEqual([false, true]);
    rmSync(path);
    expect(file.deleted).toBe(true);
    mkdirSync(join(dir, 'other'));
    expect(file.is(statSync(join(dir, 'other')))).toBe(false);
    expect(file.is({ ...statSync(dir), ino: -1 })).toBe(false);
    file.close();
  });
});

it.each([
  ['', 0, 0, 0],
  ['a\nb\nc', 0, 5, 2],
  ['a\nb\nc\n', 0, 6, 3],
  ['a\nb\nc\n', 2, 6, 2],
  ['a\nb\nc\n', 0, 3, 1],
  ['\n\n', 0, 2, 2],
])('the lines of %j from %d to %d are %d', (lines, from, to, count) => {
  expect(countLines(Buffer.from(lines), from, to)).toBe(count);
});
