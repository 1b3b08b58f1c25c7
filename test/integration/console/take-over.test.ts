import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../../../main/base/free-port.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { type BreakableLink, openLink } from './breakable-link.ts';
import { CountingLp } from './counting-lp.ts';

const DEATHS = Number(process.env['VFXLP_TEST_DEATHS'] ?? 1);

let postgres: TestPostgres;
let db: TestDatabase;
let lp: CountingLp;
let link: BreakableLink;
const consoles: ChildProcess[] = [];
const dirs: string[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
afterEach(async () => {
  for (const child of consoles.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await gone;
  }
  link.close();
  await lp.close();
  await db.drop();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A console of the built code. One elsewhere cannot see the processes of this machine, and so must wait for leases. */
async function startConsole(url: string, where: 'here' | 'elsewhere'): Promise<ChildProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-console-'));
  dirs.push(dataDir);
  const env = {
    PATH: process.env['PATH'],
    VFXLP_DATABASE_URL: url,
    VFXLP_DATA_DIR: dataDir,
    VFXLP_FIX_LOG_DIR: join(dataDir, 'log'),
    VFXLP_ADMIN_PORT: String(await freePort()),
    VFXLP_ADMIN_TOKEN: 'take-over-take-over-take-over-take-over',
  };
  const program = [process.execPath, 'out/main/serve.js'];
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const [command = '', ...args] =
    where === 'here' ? program : ['unshare', ...asRoot, '--pid', '--fork', '--kill-child', ...program];
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  consoles.push(child);
  return child;
}

const owner = async () =>
  (await db.sql('SELECT name, epoch::int FROM vfxlp_ownership JOIN vfxlp_consoles USING (console_id)'))[0] ?? null;
const status = async () => (await db.sql('SELECT status FROM "vfx_LPProviderConfig"'))[0]?.['status'];
const within = <T>(check: () => T) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

/** Console a runs the LP, console b waits, and both know of each other. */
async function twoConsoles(): Promise<ChildProcess> {
  db = await postgres.createDatabase();
  lp = await CountingLp.listen();
  link = await openLink(db.url);
  await db.sql(
    `INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host", "Port", "SenderCompID", "TargetCompID", desired)
     VALUES ('LP-A', '127.0.0.1', $1, 'DESK', 'LP', 'active')`,
    [lp.port],
  );
  const a = await startConsole(link.url, 'here');
  await within(() => expect(lp.logons).toHaveLength(1));
  await startConsole(db.url, 'elsewhere');
  await within(async () =>
    expect(await db.sql('SELECT 1 FROM vfxlp_consoles WHERE NOT alone AND lease_until > now()')).toHaveLength(2),
  );
  await within(async () => expect(await status()).toBe(1));
  // So that b has looked, and a knows that it has told.
  await new Promise((later) => setTimeout(later, 2_500));
  return a;
}

const DEATH: Record<string, (a: ChildProcess) => void> = {
  killed: (a) => a.kill('SIGKILL'),
  frozen: (a) => a.kill('SIGSTOP'),
  'cut off from the database': () => link.cut(),
};

for (const [how, die] of Object.entries(DEATH)) {
  for (let n = 1; n <= DEATHS; n += 1) {
    test(`an owner that is ${how} is followed within 8 s, after its session has ended (${n})`, async () => {
      const a = await twoConsoles();
      const began = performance.now();
      die(a);
      await within(() => expect(lp.logons).toHaveLength(2));
      const took = (lp.logons[1]?.atMs ?? 0) - began;
      process.stdout.write(`${how}: taken over after ${took.toFixed(0)} ms\n`);
      expect(took).toBeLessThan(8_000);
      expect(lp.overlaps).toBe(0);
      const after = await owner();
      await within(async () => expect(await status()).toBe(1));
      // It wakes, or its way is free again: the new owner's word stands.
      a.kill('SIGCONT');
      await link.mend();
      await new Promise((later) => setTimeout(later, 3_000));
      expect(await owner()).toEqual(after);
      expect(await status()).toBe(1);
      expect(lp.logons).toHaveLength(2);
    });
  }
}

test('a restart of the database within a second ends no session of two consoles', async () => {
  await twoConsoles();
  const before = postgres.server.pid();
  await db.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()`,
  );
  if (before !== null) process.kill(before, 'SIGKILL');
  await within(async () => expect(await owner()).toMatchObject({ epoch: expect.any(Number) }));
  await new Promise((later) => setTimeout(later, 8_000));
  expect(lp.logons).toHaveLength(1);
  expect(lp.ended).toBe(0);
  expect(await status()).toBe(1);
});
