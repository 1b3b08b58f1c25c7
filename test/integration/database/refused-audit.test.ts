import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { isPassing } from '../../../main/base/sqlstate.ts';
import type { AuditEntry } from '../../../main/contracts/audit.ts';
import { AuditLog } from '../../../main/database/audit-log.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let db: TestDatabase;
let database: Database;
let dir: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.createDatabase();
  database = openDatabase(db.url, systemClock);
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-audit-'));
  await vi.waitFor(() => expect(database.health().state).toBe('ok'));
});
afterEach(async () => {
  await database.close();
  await db.drop();
  rmSync(dir, { recursive: true });
});

const entry = (operation: string): AuditEntry => ({
  atMs: 1_000,
  actor: 'trader',
  source: 'api',
  from: '127.0.0.1',
  operation,
  provider: 'LP-A',
  reason: 'why',
  result: 'ok',
  detail: null,
});
const spool = () => join(dir, 'audit-spool.jsonl');
const operations = async () => (await db.sql('SELECT operation FROM vfxlp_audit ORDER BY id')).map((row) => row['operation']);
/** Makes the server answer every audit row with this SQLSTATE, as it would by itself. */
const answerWith = async (state: string): Promise<void> => {
  await db.sql(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '${state}'; END $$`);
  await db.sql('CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON vfxlp_audit FOR EACH ROW EXECUTE FUNCTION refuse()');
};
const takeAgain = () => db.sql('DROP TRIGGER refuse ON vfxlp_audit');

test.for(['25006', '53100', '53200', '57014', '55P03', '40P01', '40001', '58030'])(
  'an entry that meets %s waits as in an outage, and is written in its order',
  async (state) => {
    const audit = new AuditLog(database, spool());
    await answerWith(state);
    const kill = entry('kill');
    await expect(audit.write(kill)).rejects.toSatisfy(isPassing);
    expect(audit.waiting).toBe(1);
    expect(audit.refusedWrites.count()).toBe(0);
    expect(existsSync(`${spool()}.rejected`)).toBe(false);
    await takeAgain();
    await audit.write(kill);
    expect(await operations()).toEqual(['kill']);
  },
);

test('a read-only database and a lock that is not to be had are waited for', async () => {
  const audit = new AuditLog(database, spool());
  const name = new URL(db.url).pathname.slice(1);
  await db.sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await db.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`);
  const kill = entry('kill');
  await vi.waitFor(() => expect(audit.write(kill)).rejects.toMatchObject({ code: '25006' }), { timeout: 10_000 });
  expect(audit.refusedWrites.count()).toBe(0);
});

test('what is refused for good is listed with why, over a restart, and is written when it is retried', async () => {
  await db.sql(`ALTER TABLE vfxlp_audit ADD CONSTRAINT no_kills CHECK (operation NOT LIKE 'kill%')`);
  const first = new AuditLog(database, spool());
  for (const operation of ['kill', 'kill-all']) await expect(first.write(entry(operation))).rejects.toThrow('no_kills');
  await first.write(entry('activate'));
  appendFileSync(`${spool()}.rejected`, 'a line that was cut sho');
  const next = new AuditLog(database, spool());
  expect(next.refusedWrites.count()).toBe(2);
  expect(await next.refusedWrites.list()).toMatchObject([
    {
      of: 'audit',
      provider: 'LP-A',
      what: 'the audit row of kill by trader',
      why: expect.stringContaining('no_kills'),
      current: true,
    },
    { content: JSON.stringify(entry('kill-all')) },
  ]);
  await next.refusedWrites.retry();
  expect(next.refusedWrites.count()).toBe(2);
  await db.sql(`ALTER TABLE vfxlp_audit DROP CONSTRAINT no_kills, ADD CONSTRAINT no_kill_all CHECK (operation <> 'kill-all')`);
  await next.refusedWrites.retry();
  expect(await operations()).toEqual(['activate', 'kill']);
  expect((await next.refusedWrites.list()).map(({ what }) => what)).toEqual(['the audit row of kill-all by trader']);
  await db.sql('ALTER TABLE vfxlp_audit DROP CONSTRAINT no_kill_all');
  await next.refusedWrites.retry();
  expect(next.refusedWrites.count()).toBe(0);
  expect(await operations()).toEqual(['activate', 'kill', 'kill-all']);
  expect(readFileSync(`${spool()}.rejected`, 'utf8')).toBe('a line that was cut sho\n');
});

test('what is discarded is gone, also after a restart, and the others and lines for people stay', async () => {
  await db.sql(`ALTER TABLE vfxlp_audit ADD CONSTRAINT no_kills CHECK (operation NOT LIKE 'kill%')`);
  const first = new AuditLog(database, spool());
  for (const operation of ['kill', 'kill-all']) await expect(first.write(entry(operation))).rejects.toThrow('no_kills');
  appendFileSync(`${spool()}.rejected`, 'a line that was cut sho');
  const [kill, killAll] = await first.refusedWrites.list();
  await first.refusedWrites.discard(new Set([kill?.id ?? '', 'an event of NATS']));
  expect(first.refusedWrites.count()).toBe(1);
  expect(await first.refusedWrites.list()).toEqual([killAll]);
  const next = new AuditLog(database, spool());
  expect(await next.refusedWrites.list()).toEqual([killAll]);
  await next.refusedWrites.discard(new Set([killAll?.id ?? '']));
  expect(next.refusedWrites.count()).toBe(0);
  await next.refusedWrites.retry();
  expect(await operations()).toEqual([]);
  expect(readFileSync(`${spool()}.rejected`, 'utf8')).toBe('a line that was cut sho\n');
});
