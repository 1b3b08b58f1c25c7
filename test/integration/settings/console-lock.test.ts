import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataFolder } from '../../../main/settings/console-lock.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-lock-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('a second console on the same data folder is told which process has it', async () => {
  const unlock = lockDataFolder(dataDir);
  expect(() => lockDataFolder(dataDir)).toThrow(`Another console (process ${process.pid}) runs on the data folder ${dataDir}`);
  unlock();
  const again = lockDataFolder(dataDir);
  again();
});

test('the lock of a console that was killed ends with it', async () => {
  const module = resolve(import.meta.dirname, '../../../main/settings/console-lock.ts');
  const script = `const { lockDataFolder } = await import(${JSON.stringify(module)});
    lockDataFolder(${JSON.stringify(dataDir)});
    console.log('locked');
    setInterval(() => undefined, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((said) => holder.stdout.once('data', said));
  expect(() => lockDataFolder(dataDir)).toThrow(`process ${holder.pid}`);
  const gone = new Promise((ended) => holder.once('exit', ended));
  holder.kill('SIGKILL');
  await gone;
  const unlock = lockDataFolder(dataDir);
  unlock();
});
