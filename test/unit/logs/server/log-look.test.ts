import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogWriter } from '../../../../main/logs/server/log-writer.ts';

const DAY = 20_000;
const LOOK_MS = 2_000;

let root: string;
let dir: string;
let path: string;
let errors: string[];
let notes: string[];
let back: number;
let writer: LogWriter<{ readonly bytes: Buffer }>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  root = mkdtempSync(join(tmpdir(), 'vfxlp-log-look-'));
  dir = join(root, 'LP');
  path = join(dir, 'fix.log');
  errors = [];
  notes = [];
  back = 0;
});
afterEach(() => {
  writer.close();
  vi.useRealTimers();
  rmSync(root, { recursive: true, force: true });
});

function open(): void {
  writer = new LogWriter({
    path,
    maxBytes: 1e9,
    keep: 5,
    day: DAY,
    onError: (error) => errors.push(error.message),
    onNote: (text) => notes.push(text),
    written: () => {
      back += 1;
    },
  });
}
const until = async (holds: () => boolean): Promise<void> => {
  for (let n = 0; n < 5_000 && !holds(); n += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(holds()).toBe(true);
};
/** Puts a page, and waits until it comes back. */
const put = async (text: string): Promise<void> => {
  const bytes = Buffer.from(text);
  const before = back;
  writer.put({ bytes }, bytes.length);
  await until(() => back === before + 1);
};
/** What one look finds; it asks the file system in the background. */
const look = async (): Promise<void> => {
  vi.advanceTimersByTime(LOOK_MS);
  for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setTimeout(resolve, 1));
};
const text = (file = path): string => readFileSync(file, 'utf8');

describe('the file of a log', () => {
  it('is looked at without a word while it is there', async () => {
    open();
    await put('one\n');
    await look();
    await look();
    await put('two\n');
    expect(text()).toBe('one\ntwo\n');
    expect([errors, notes]).toEqual([[], []]);
  });

  it('that is deleted begins anew, and that is said', async () => {
    open();
    await put('one\n');
    rmSync(path);
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => notes.length === 1);
    expect(notes[0]).toContain(`was deleted while it was written: it begins anew, without the lines of the last 2 s: ${path}`);
    await put('two\n');
    expect(text()).toBe('two\n');
    await look();
    expect([errors, notes.length]).toEqual([[], 1]);
  });

  it('that is moved away keeps what it has, and another goes on', async () => {
    open();
    await put('one\n');
    renameSync(path, join(root, 'moved'));
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => notes.length === 1);
    expect(notes[0]).toContain(`was moved away while it was written: it goes on in a new file: ${path}`);
    await put('two\n');
    expect([text(join(root, 'moved')), text()]).toEqual(['one\n', 'two\n']);
    expect(errors).toEqual([]);
  });

  it('that another program has put in its place is taken, behind what is in it', async () => {
    open();
    await put('one\n');
    renameSync(path, join(root, 'moved'));
    writeFileSync(path, 'theirs\n');
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => notes.length === 1);
    await put('two\n');
    expect(text()).toBe('theirs\ntwo\n');
  });

  it('that is deleted and cannot be made again loses lines, which are counted until it can', async () => {
    open();
    await put('one\n');
    rmSync(dir, { recursive: true });
    writeFileSync(dir, 'in the way');
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => errors.length === 1);
    await put('two\nthree\n');
    writer.put({ bytes: Buffer.from('four\n') }, 5);
    writer.flushSync();
    await look();
    expect([errors.length, notes]).toEqual([1, []]);
    rmSync(dir);
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => notes.length === 1);
    expect(notes[0]).toBe(`The FIX log is written again, without 3 lines: ${path}`);
    await put('five\n');
    expect(text()).toBe('five\n');
    await look();
    expect([errors.length, notes.length]).toEqual([1, 1]);
  });

  it('that is moved away goes on where it is as long as no other can be made', async () => {
    open();
    await put('one\n');
    renameSync(dir, join(root, 'moved'));
    writeFileSync(dir, 'in the way');
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => errors.length === 1);
    await put('two\n');
    expect(text(join(root, 'moved', 'fix.log'))).toBe('one\ntwo\n');
    rmSync(dir);
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => notes.length === 2);
    expect(notes[0]).toContain('was moved away');
    expect(notes[1]).toBe(`The FIX log is written again: ${path}`);
  });

  it('on a disk that is full loses lines; when it takes some again, it is said how many', async () => {
    mkdirSync(dir);
    symlinkSync('/dev/full', path);
    open();
    await put('one\ntwo\n');
    await put('three\n');
    writer.put({ bytes: Buffer.from('four\n') }, 5);
    writer.flushSync();
    await until(() => back === 3);
    expect(errors).toEqual([expect.stringContaining('ENOSPC')]);
    await look();
    expect(notes).toEqual([]);
    rmSync(path);
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => notes.length === 2);
    expect(notes[1]).toBe(`The FIX log is written again, without 4 lines: ${path}`);
    await put('five\n');
    expect(text()).toBe('five\n');
  });

  it('that cannot be made at all is made as soon as it can', async () => {
    writeFileSync(dir, 'in the way');
    open();
    expect(errors).toHaveLength(1);
    await put('one\n');
    rmSync(dir);
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => notes.length === 1);
    expect(notes[0]).toBe(`The FIX log is written again, without 1 lines: ${path}`);
    await put('two\n');
    expect(text()).toBe('two\n');
  });

  it('that somebody has taken away before it is to be rotated is no fault of the disk', async () => {
    open();
    await put('one\n');
    rmSync(path);
    writer.rotate(DAY + 1);
    expect(writer.day).toBe(DAY + 1);
    expect(errors).toEqual([]);
    vi.advanceTimersByTime(LOOK_MS);
    await until(() => notes.length === 1);
    expect(errors).toEqual([]);
  });

  it('is not looked at any more when it is closed', async () => {
    open();
    await put('one\n');
    writer.close();
    rmSync(path);
    await look();
    expect(notes).toEqual([]);
    expect(() => text()).toThrow('ENOENT');
  });
});
