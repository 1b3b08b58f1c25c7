import { hostname } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { type OwnershipConnection, openOwnership, ownerName } from '../../../main/database/ownership.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let db: TestDatabase;
const opened: OwnershipConnection[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.createDatabase();
  await db.sql(`INSERT INTO "vfx_LPProviderConfig" ("Provider") VALUES ('LP-A'), ('LP-B')`);
});
afterEach(async () => {
  for (const ownership of opened.splice(0)) await ownership.close();
  await db.drop();
});

/** A console called `owner` that has just begun to connect. */
function openStarting(owner: string): OwnershipConnection {
  const ownership = openOwnership(db.url, systemClock, owner);
  opened.push(ownership);
  return ownership;
}

/** A console called `owner`, its connection up. */
async function openConsole(owner: string): Promise<OwnershipConnection> {
  const ownership = openStarting(owner);
  await vi.waitFor(() => ownership.release('none').then(() => ownership.acquire('none')));
  return ownership;
}

const lease = async (provider: string) => {
  const [row] = await db.sql(
    `SELECT owner, extract(epoch FROM owner_lease_until - now())::float AS seconds FROM "vfx_LPProviderConfig" WHERE "Provider" = $1`,
    [provider],
  );
  return row as { owner: string | null; seconds: number | null };
};
const endConnections = () =>
  db.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vfxlp-console owner' AND datname = current_database()`,
  );

test('one console owns an LP; the other gets it when the first gives it up', async () => {
  const a = await openConsole('desk-a/1');
  const b = await openConsole('desk-b/1');
  expect(await a.acquire('LP-A')).toBe(true);
  expect(await a.acquire('LP-A')).toBe(true);
  expect(await b.acquire('LP-A')).toBe(false);
  expect(await b.acquire('LP-B')).toBe(true);
  expect(await lease('LP-A')).toMatchObject({ owner: 'desk-a/1' });
  expect((await lease('LP-A')).seconds).toBeGreaterThan(13);
  await a.release('LP-A');
  expect(await lease('LP-A')).toEqual({ owner: null, seconds: null });
  expect(await b.acquire('LP-A')).toBe(true);
});

test('what is asked for while the connection is being made waits for it', async () => {
  const a = openStarting('desk-a/1');
  expect(await Promise.all([a.acquire('LP-A'), a.acquire('LP-B')])).toEqual([true, true]);
  await endConnections();
  await vi.waitFor(async () => expect(await a.acquire('LP-A')).toBe(true));
});

test('without a database it is said within seconds that ownership cannot be proven', async () => {
  const nobody = openOwnership('postgres://vfxlp@127.0.0.1:1/none', systemClock, 'desk-a/1');
  opened.push(nobody);
  await expect(nobody.acquire('LP-A')).rejects.toThrow('The database connection that proves ownership is being made again');
});

test('of many asking at once, in one console and in several, one gets it', async () => {
  const consoles = await Promise.all(['desk-a/1', 'desk-b/1', 'desk-c/1'].map(openConsole));
  const answers = await Promise.all(consoles.map((console) => Promise.all([console.acquire('LP-A'), console.acquire('LP-A')])));
  expect(answers.filter(([first, second]) => first && second)).toHaveLength(1);
  expect(answers.filter(([first, second]) => !first && !second)).toHaveLength(2);
  const winner = consoles[answers.findIndex(([first]) => first)];
  await winner?.release('LP-A');
  const after = await Promise.all(consoles.map((console) => console.acquire('LP-A')));
  expect(after.filter(Boolean)).toHaveLength(1);
});

test('a console whose connection is cut hears of it, and takes its LPs again when it is back', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  const lost = new Promise((heard) => a.onLost(heard));
  await endConnections();
  await lost;
  await vi.waitFor(async () => expect(await a.acquire('LP-A')).toBe(true), { timeout: 5_000 });
});

test('while the lease of a console that lost its connection runs, no other console takes the LP; then one does', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  const b = await openConsole('desk-b/1');
  // As after a crash of desk-a: its lock is gone, its last lease is not.
  await a.close();
  await db.sql(
    `UPDATE "vfx_LPProviderConfig" SET owner = 'desk-a/1', owner_lease_until = now() + interval '2 s' WHERE "Provider" = 'LP-A'`,
  );
  expect(await b.acquire('LP-A')).toBe(false);
  await vi.waitFor(async () => expect(await b.acquire('LP-A')).toBe(true), { timeout: 5_000 });
});

test('the lease of a console of this machine whose process is gone is not waited for, that of a running one is', async () => {
  const b = await openConsole('desk-b/1');
  const left = (owner: string) =>
    db.sql(
      `UPDATE "vfx_LPProviderConfig" SET owner = $1, owner_lease_until = now() + interval '15 s' WHERE "Provider" = 'LP-A'`,
      [owner],
    );
  await left(ownerName(hostname(), process.pid));
  expect(await b.acquire('LP-A')).toBe(false);
  // Beyond the largest process id of the kernel.
  await left(ownerName(hostname(), 2 ** 30));
  expect(await b.acquire('LP-A')).toBe(true);
});

test('the lease is renewed while the LP is owned, and the owner stays', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET owner_lease_until = now() + interval '6 s' WHERE "Provider" = 'LP-A'`);
  await vi.waitFor(async () => expect((await lease('LP-A')).seconds).toBeGreaterThan(10), { timeout: 8_000 });
  expect(await lease('LP-B')).toEqual({ owner: null, seconds: null });
});

test('after a crash of the server ownership can be acquired again', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  const lost = new Promise((heard) => a.onLost(heard));
  const pid = postgres.server.pid();
  if (pid === null) throw new Error('PostgreSQL does not run');
  process.kill(pid, 'SIGKILL');
  await lost;
  await vi.waitFor(async () => expect(await a.acquire('LP-A')).toBe(true), { timeout: 20_000, interval: 100 });
  expect(postgres.server.pid()).not.toBe(pid);
});

test('a loss tells whether another console could take over, and when', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  const b = await openConsole('desk-b/1');
  const loss = new Promise((heard) => a.onLost(heard));
  // It looks for others whenever it renews its leases.
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET owner_lease_until = now() + interval '6 s' WHERE "Provider" = 'LP-A'`);
  await vi.waitFor(async () => expect((await lease('LP-A')).seconds).toBeGreaterThan(10), { timeout: 8_000 });
  await endConnections();
  expect(await loss).toEqual({ rivals: true, leaseLeftMs: expect.closeTo(15_000, -4) });
  await b.close();
});

test('a server that stops answering is a lost connection before the lease ends', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  const [backend] = await db.sql(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'vfxlp-console owner' AND datname = current_database()`,
  );
  const lost = new Promise((heard) => a.onLost(heard));
  const before = performance.now();
  process.kill(Number(backend?.['pid']), 'SIGSTOP');
  await lost;
  expect(performance.now() - before).toBeLessThan(12_000);
  process.kill(Number(backend?.['pid']), 'SIGCONT');
});
