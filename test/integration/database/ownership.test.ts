import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { type ConsoleIdentity, identityOf } from '../../../main/database/console-identity.ts';
import { type OwnershipConnection, openOwnership } from '../../../main/database/ownership.ts';
import { ownedBy } from '../../support/owned.ts';
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

/** A console called `name` that has just begun to connect. */
function openStarting(name: string, self: Partial<ConsoleIdentity> = {}): OwnershipConnection {
  const ownership = openOwnership(db.url, systemClock, { ...identityOf(`folder of ${name}`, name), ...self });
  opened.push(ownership);
  return ownership;
}

/** The same, its connection up. */
async function openConsole(name: string, self: Partial<ConsoleIdentity> = {}): Promise<OwnershipConnection> {
  const ownership = openStarting(name, self);
  await vi.waitFor(() => ownership.release('none'), { timeout: 5_000 });
  return ownership;
}

const owner = async (provider: string) => {
  const [row] = await db.sql(
    `SELECT name, extract(epoch FROM lease_until - now())::float AS seconds
       FROM vfxlp_ownership JOIN vfxlp_consoles USING (console_id) WHERE provider = $1`,
    [provider],
  );
  return (row ?? null) as { name: string; seconds: number } | null;
};
/** What the server says of the locks, by provider. */
const locks = async () => {
  const rows = await db.sql(
    `SELECT "Provider" FROM "vfx_LPProviderConfig" JOIN pg_locks ON objid = (hashtext("Provider")::bigint & 4294967295)::oid
      WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1`,
  );
  return rows.map((row) => row['Provider']);
};
const OWNERS = `FROM pg_stat_activity WHERE application_name LIKE 'vfxlp-console owner %' AND datname = current_database()`;
const endConnections = () => db.sql(`SELECT pg_terminate_backend(pid) ${OWNERS}`);
test('one console owns an LP; the other gets it when the first gives it up', async () => {
  const a = await openConsole('desk-a/1');
  const b = await openConsole('desk-b/1');
  const epoch = await a.acquire('LP-A');
  expect(epoch).toEqual(expect.any(Number));
  expect(await a.acquire('LP-A')).toBe(epoch);
  expect(await b.acquire('LP-A')).toBeNull();
  expect(await b.acquire('LP-B')).toEqual(expect.any(Number));
  expect(await owner('LP-A')).toMatchObject({ name: 'desk-a/1', seconds: expect.closeTo(5, -1) });
  expect(await locks()).toEqual(['LP-A', 'LP-B']);
  await a.release('LP-A');
  expect(await owner('LP-A')).toBeNull();
  expect(await locks()).toEqual(['LP-B']);
  expect(await b.acquire('LP-A')).toBeGreaterThan(epoch ?? 0);
});

test('what is asked for while the connection is being made waits for it', async () => {
  const a = openStarting('desk-a/1');
  expect(await Promise.all([a.acquire('LP-A'), a.acquire('LP-B')])).toEqual([expect.any(Number), expect.any(Number)]);
  await endConnections();
  await vi.waitFor(async () => expect(await a.acquire('LP-A')).toEqual(expect.any(Number)));
});

test('without a database it is said within seconds that ownership cannot be proven', async () => {
  const nobody = openOwnership('postgres://vfxlp@127.0.0.1:1/none', systemClock, identityOf('folder', 'desk-a/1'));
  opened.push(nobody);
  await expect(nobody.acquire('LP-A')).rejects.toThrow('The database connection that proves ownership is being made again');
});

test('of many asking at once, in one console and in several, one gets it', async () => {
  const consoles = await Promise.all(['desk-a/1', 'desk-b/1', 'desk-c/1'].map((name) => openConsole(name)));
  const answers = await Promise.all(consoles.map((console) => Promise.all([console.acquire('LP-A'), console.acquire('LP-A')])));
  expect(answers.filter(([first, second]) => first !== null && first === second)).toHaveLength(1);
  expect(answers.filter(([first, second]) => first === null && second === null)).toHaveLength(2);
  const winner = consoles[answers.findIndex(([first]) => first !== null)];
  await winner?.release('LP-A');
  const after = await Promise.all(consoles.map((console) => console.acquire('LP-A')));
  expect(after.filter((epoch) => epoch !== null)).toHaveLength(1);
});

test('a console whose connection is cut hears of it, and takes its LPs again when it is back', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  const lost = new Promise((heard) => a.onLost(heard));
  await endConnections();
  await lost;
  await vi.waitFor(async () => expect(await a.acquire('LP-A')).toEqual(expect.any(Number)), { timeout: 5_000 });
});

test('somebody who has locked the row of an LP, or the table, changes nothing about who owns it', async () => {
  const a = await openConsole('desk-a/1');
  const lost = vi.fn();
  a.onLost(lost);
  expect(await a.acquire('LP-A')).toEqual(expect.any(Number));
  const editor = new pg.Client({ connectionString: db.url });
  await editor.connect();
  await editor.query('BEGIN');
  await editor.query(`UPDATE "vfx_LPProviderConfig" SET "Port" = 1 WHERE "Provider" = 'LP-A'`);
  await editor.query(`LOCK TABLE "vfx_LPProviderConfig" IN SHARE MODE`);
  await new Promise((later) => setTimeout(later, 7_000));
  expect(lost).not.toHaveBeenCalled();
  expect((await owner('LP-A'))?.seconds).toBeGreaterThan(3);
  expect(await a.acquire('LP-B')).toEqual(expect.any(Number));
  await a.release('LP-A');
  expect(await locks()).toEqual(['LP-B']);
  await editor.end();
});

test('an acquisition that the server gives up leaves no lock; what was not given up is given up later', async () => {
  const a = await openConsole('desk-a/1');
  const lost = vi.fn();
  a.onLost(lost);
  await a.acquire('LP-B');
  await db.sql(`INSERT INTO vfxlp_ownership (provider) VALUES ('LP-A')`);
  const other = new pg.Client({ connectionString: db.url });
  await other.connect();
  await other.query('BEGIN');
  await other.query(`SELECT FROM vfxlp_ownership FOR UPDATE`);
  await expect(a.acquire('LP-A')).rejects.toThrow('lock timeout');
  await expect(a.release('LP-B')).rejects.toThrow('lock timeout');
  expect(await locks()).toEqual(['LP-B']);
  await other.end();
  await a.release('LP-B');
  expect(await locks()).toEqual([]);
  expect(await owner('LP-B')).toBeNull();
  expect(await a.acquire('LP-A')).toEqual(expect.any(Number));
  expect(lost).not.toHaveBeenCalled();
});

test('a lock that is held by who does not own the LP is not the word of another owner', async () => {
  const stranger = new pg.Client({ connectionString: db.url, application_name: 'vfxlp-console owner of before' });
  stranger.on('error', () => undefined);
  await stranger.connect();
  await stranger.query(`SELECT pg_advisory_lock(19536, hashtext('LP-A'))`);
  const a = await openConsole('desk-a/1');
  expect(await a.acquire('LP-A')).toEqual(expect.any(Number));
});

test('an owner whose lease has ended and whose connection stands, as when it is frozen, keeps nobody from taking the LP', async () => {
  const frozen = new pg.Client({ connectionString: db.url, application_name: 'vfxlp-console owner frozen' });
  frozen.on('error', () => undefined);
  await frozen.connect();
  await frozen.query(`SELECT pg_advisory_lock(19536, hashtext('LP-A'))`);
  await ownedBy(db, 'LP-A', 'desk-a/1', 2);
  const b = await openConsole('desk-b/1');
  const free = vi.fn();
  b.onFree(free);
  expect(await b.acquire('LP-A')).toBeNull();
  await vi.waitFor(() => expect(free).toHaveBeenCalledWith('LP-A'), { timeout: 5_000 });
  expect(await b.acquire('LP-A')).toEqual(expect.any(Number));
});

test('the lease of a console whose process has ended is not waited for, whatever its host is called', async () => {
  const b = await openConsole('desk-b/1');
  const left = async (self: Partial<ConsoleIdentity>) => {
    await ownedBy(db, 'LP-A', 'left/1');
    const { host, machine, pid, started } = { ...identityOf('f'), ...self };
    await db.sql(`UPDATE vfxlp_consoles SET host = $1, machine = $2, pid = $3, started = $4 WHERE name = 'left/1'`, [
      host,
      machine,
      pid,
      started,
    ]);
  };
  await left({});
  expect(await b.acquire('LP-A')).toBeNull();
  // Of the same name, with a process id that nobody has: elsewhere it may be somebody's.
  await left({ machine: 'another', pid: 2 ** 30 });
  expect(await b.acquire('LP-A')).toBeNull();
  // The process id is another's by now.
  await left({ started: '1' });
  expect(await b.acquire('LP-A')).toEqual(expect.any(Number));
});

test('what a silent console owned that knew of no other waits for a person; one on the same data folder knows better', async () => {
  const epoch = await ownedBy(db, 'LP-A', 'desk-a/1', -1);
  await db.sql('UPDATE vfxlp_consoles SET alone = true');
  const b = await openConsole('desk-b/1');
  expect(await b.acquire('LP-A')).toBeNull();
  const again = await openConsole('desk-a/2', { host: 'x', folder: 'y' });
  expect(await again.acquire('LP-A')).toBe(epoch + 1);
  await again.release('LP-A');
});

test('a console that is alone may stay, until another is seen: then its lease is its limit, and the table says so after that', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  const alone = async () => (await db.sql(`SELECT alone FROM vfxlp_consoles WHERE name = 'desk-a/1'`))[0]?.['alone'];
  expect(a.ownedUntilMs()).not.toBeNull();
  await vi.waitFor(() => expect(a.ownedUntilMs()).toBeNull(), { timeout: 5_000, interval: 5 });
  expect(await alone()).toBe(true);
  await openConsole('desk-b/1');
  await vi.waitFor(async () => expect(await alone()).toBe(false), { timeout: 5_000, interval: 5 });
  expect(a.ownedUntilMs()).not.toBeNull();
  const loss = new Promise((heard) => a.onLost(heard));
  await endConnections();
  expect(await loss).toEqual({ rivals: true, leaseLeftMs: expect.closeTo(5_000, -4) });
});

test('after a crash of the server ownership can be acquired again', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  const lost = new Promise((heard) => a.onLost(heard));
  const pid = postgres.server.pid();
  if (pid === null) throw new Error('PostgreSQL does not run');
  process.kill(pid, 'SIGKILL');
  await lost;
  await vi.waitFor(async () => expect(await a.acquire('LP-A')).toEqual(expect.any(Number)), { timeout: 20_000, interval: 100 });
  expect(postgres.server.pid()).not.toBe(pid);
});

test('a server that stops answering is a lost connection before the lease ends', async () => {
  const a = await openConsole('desk-a/1');
  await a.acquire('LP-A');
  const [backend] = await db.sql(`SELECT pid ${OWNERS}`);
  const loss = new Promise<{ leaseLeftMs: number }>((heard) => a.onLost(heard));
  process.kill(Number(backend?.['pid']), 'SIGSTOP');
  expect((await loss).leaseLeftMs).toBeGreaterThan(2_000);
  process.kill(Number(backend?.['pid']), 'SIGCONT');
});
