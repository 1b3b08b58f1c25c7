import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFile } from '../../../main/base/file-lock.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfxlp-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('one part of a process keeps another out, until it gives the lock up', () => {
  const first = lockFile(path);
  expect(lockFile(path)).toEqual({ held: false, holder: process.pid });
  if (first.held) first.release();
  const second = lockFile(path);
  expect(second.held).toBe(true);
  if (second.held) second.release();
});

test('the lock of a process that was killed ends with it', async () => {
  const module = resolve(import.meta.dirname, '../../../main/base/file-lock.ts');
  const script = `const { lockFile } = await import(${JSON.stringify(module)});
    if (lockFile(${JSON.stringify(path)}).held) console.log('locked');
    setInterval(() => undefined, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((ended) => holder.once('exit', ended));
  try {
    await new Promise((said) => holder.stdout.once('data', said));
    expect(lockFile(path)).toEqual({ held: false, holder: holder.pid });
  } finally {
    holder.kill('SIGKILL');
    await gone;
  }
  const lock = lockFile(path);
  expect(lock.held).toBe(true);
  if (lock.held) lock.release();
});
