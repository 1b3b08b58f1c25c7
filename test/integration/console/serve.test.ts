import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { requireTool } from '../../support/system-tools.ts';

// The built console as an operator starts it: what it prints, and what it leaves open to others of the machine.

let postgres: TestPostgres;
let database: TestDatabase;
let dataDir: string;
let child: ChildProcess;
let printed: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  database = await postgres.createDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-served-'));
});
afterEach(async () => {
  await end();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function end(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** @param under what it is started by: one more command line before its own */
async function serve(under: (command: readonly string[]) => readonly string[] = (command) => command): Promise<string> {
  const env = { PATH: process.env['PATH'], VFXLP_DATA_DIR: dataDir, VFXLP_FIX_LOG_DIR: join(dataDir, 'fix') };
  const [command = '', ...args] = under([process.execPath, 'out/main/serve.js']);
  child = spawn(command, args, {
    env: { ...env, VFXLP_DATABASE_URL: database.url, VFXLP_ADMIN_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += String(chunk)));
  await expect.poll(() => printed, { timeout: 20_000 }).toContain('adminUrl');
  return printed;
}

/** Below a folder, with the folder. */
function all(folder: string): readonly string[] {
  return [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))];
}

test('the token is in no output that may be kept as a log, and in no log', async () => {
  await serve();
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();
  await end();
  expect(printed).not.toContain(token);
  const holders = all(dataDir).filter((path) => statSync(path).isFile() && readFileSync(path, 'utf8').includes(token));
  expect(holders).toEqual([join(dataDir, 'admin-token')]);
});

test('a person at a terminal gets the address with the token', async () => {
  const script = await requireTool('script');
  // A terminal of its own; `exec`, so that the signal that ends `script` has nobody in between.
  const said = await serve((command) => [script, '-qec', `exec ${command.join(' ')}`, '/dev/null']);
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();
  const { url, adminUrl, pid } = JSON.parse(/\{"url".*?\}/.exec(said)?.[0] ?? '{}');
  expect(url).toBe(`${adminUrl}/#token=${token}`);
  process.kill(pid, 'SIGTERM');
  await once(child, 'exit');
});

test('nobody else reads what it makes, nor what an earlier version left open, and it says so', async () => {
  mkdirSync(join(dataDir, 'store', 'old'), { recursive: true, mode: 0o755 });
  writeFileSync(join(dataDir, 'store', 'old', 'messages.dat'), 'x');
  chmodSync(join(dataDir, 'store', 'old', 'messages.dat'), 0o644);
  expect(await serve()).toContain('could be read by others');
  await end();
  const open = all(dataDir)
    .slice(1)
    .filter((path) => (statSync(path).mode & 0o077) !== 0);
  expect(open).toEqual([]);
  expect(statSync(dataDir).mode & 0o066).toBe(0);
});
