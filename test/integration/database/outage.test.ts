import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import type { AuditEntry } from '../../../main/contracts/audit.ts';
import { AuditLog } from '../../../main/database/audit-log.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { holdConnection } from '../../../main/database/dedicated-connection.ts';
import { migrate } from '../../../main/database/migrate.ts';
import { MIGRATIONS } from '../../../main/database/migrations/index.ts';
import { watchConfig } from '../../../main/lp-config/config-watcher.ts';
import { LpRepository } from '../../../main/lp-config/lp-repository.ts';
import { createSecrets } from '../../../main/lp-config/secrets.ts';
import { ownedBy } from '../../support/owned.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let db: TestDatabase;
let database: Database;
let spoolDir: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.createDatabase();
  database = openDatabase(db.url, systemClock);
  spoolDir = mkdtempSync(join(tmpdir(), 'vfxlp-audit-'));
  await vi.waitFor(() => expect(database.health().state).toBe('ok'));
});
afterEach(async () => {
  await database.close();
  await db.drop();
  rmSync(spoolDir, { recursive: true });
});

const entry = (operation: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  atMs: 1_000,
  actor: 'trader',
  source: 'api',
  from: '127.0.0.1',
  operation,
  provider: 'LP-A',
  reason: 'why',
  result: 'ok',
  detail: null,
  ...more,
});
const spool = () => join(spoolDir, 'audit-spool.jsonl');
const operations = async () => (await db.sql('SELECT operation FROM vfxlp_audit ORDER BY id')).map((row) => row['operation']);

/** No connection to this database can be made or kept until the returned function is called; the server runs. */
async function closeDatabase(): Promise<() => Promise<void>> {
  const name = new URL(db.url).pathname.slice(1);
  const server = new URL(postgres.server.url);
  const run = async (text: string) => {
    const client = new pg.Client({ connectionString: server.href });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  await run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  return () => run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
}

test('the server is killed: everything rejects or waits, nothing throws, and all comes back by itself', async () => {
  const states: string[] = [];
  const said: string[] = [];
  database.onHealth(({ state, text }) => {
    states.push(state);
    said.push(text);
  });
  const watcher = watchConfig((use) => holdConnection(db.url, systemClock, use), systemClock);
  const changes: (string | null)[] = [];
  watcher.onChange((provider) => changes.push(provider));
  const repository = new LpRepository({
    database,
    secrets: createSecrets(Buffer.alloc(32)),
    events: true,
    onChange: watcher.onChange,
  });
  await vi.waitFor(() => expect(changes).toContain(null));
  const pid = postgres.server.pid();
  if (pid === null) throw new Error('PostgreSQL does not run');
  process.kill(pid, 'SIGKILL');
  // The processes behind open connections outlive their server by a moment.
  const away = await vi.waitUntil(
    () =>
      repository.list().then(
        () => null,
        (error: unknown) => error,
      ),
    { interval: 1 },
  );
  expect(away).toMatchObject({ name: 'DatabaseAway', code: '08006' });
  await vi.waitFor(() => expect(database.health().state).toBe('ok'), { timeout: 20_000 });
  expect(states).toEqual(['down', 'ok']);
  expect(said[0]).toContain('No connection to PostgreSQL at 127.0.0.1');
  changes.length = 0;
  await vi.waitFor(() => expect(changes).toContain(null), { timeout: 10_000 });
  await vi.waitFor(
    async () => {
      await db.sql(
        `INSERT INTO "vfx_LPProviderConfig" ("Provider") VALUES ('LP-NEW') ON CONFLICT ("Provider") DO UPDATE SET "Port" = coalesce("vfx_LPProviderConfig"."Port", 0) + 1`,
      );
      await vi.waitFor(() => expect(changes).toContain('LP-NEW'), { timeout: 900 });
    },
    { timeout: 15_000 },
  );
  await watcher.close();
});

test('a transaction that fails is rolled back, and its connection is good for the next one', async () => {
  const insert = `INSERT INTO "vfx_LPProviderConfig" ("Provider") VALUES ('LP-A')`;
  await expect(
    database.transaction(async (query) => {
      await query(insert);
      await query('SELECT no_such_column');
    }),
  ).rejects.toThrow('no_such_column');
  await expect(
    database.transaction(async (query) => {
      await query(insert);
      throw new Error('a bug in the caller');
    }),
  ).rejects.toThrow('a bug in the caller');
  expect(await database.query('SELECT 1 FROM "vfx_LPProviderConfig"')).toEqual([]);
  expect(database.health().state).toBe('ok');
});

test('text that PostgreSQL cannot hold does not keep a status from being written', async () => {
  await db.sql(`INSERT INTO "vfx_LPProviderConfig" ("Provider") VALUES ('LP-A')`);
  const repository = new LpRepository({
    database,
    secrets: createSecrets(Buffer.alloc(32)),
    events: true,
    onChange: () => () => undefined,
  });
  const reason = { code: 'peer-logout' as const, peerText: 'bad\0text' };
  const numbers = { nextIn: null, nextOut: null, attempt: 1 };
  const change = {
    eventId: randomUUID(),
    provider: 'LP-A',
    from: 1,
    to: 2,
    reason,
    ...numbers,
    atMs: 0,
    consoleHost: 'h',
  } as const;
  await repository.writeStatus(change, await ownedBy(db, 'LP-A'));
  await repository.setKillLatch('LP-A', { incidentId: 'i', by: 'a\0b', reason: '\uD800', atMs: 0 });
  expect(await repository.get('LP-A')).toMatchObject({
    status: 2,
    statusReason: { peerText: 'bad\uFFFDtext' },
    killed: { by: 'a\uFFFDb' },
  });
});

test('audit entries are listed newest first, of one LP or of all', async () => {
  const audit = new AuditLog(database, spool());
  await audit.write(entry('activate'));
  await audit.write(entry('kill-all', { provider: null, detail: 'two LPs' }));
  expect(await audit.list(null, 10)).toMatchObject([
    { ...entry('kill-all', { provider: null, detail: 'two LPs' }), id: 2 },
    { ...entry('activate'), id: 1 },
  ]);
  expect(await audit.list('LP-A', 10)).toHaveLength(1);
  expect(await audit.list(null, 1)).toMatchObject([{ operation: 'kill-all' }]);
});

test('an entry that met an outage is written once when the same entry is written again', async () => {
  const audit = new AuditLog(database, spool());
  const open = await closeDatabase();
  const kill = entry('kill');
  await expect(audit.write(kill)).rejects.toMatchObject({ name: 'DatabaseAway' });
  await expect(audit.write(kill)).rejects.toMatchObject({ name: 'DatabaseAway' });
  expect(audit.waiting).toBe(1);
  await open();
  await audit.write(kill);
  expect(audit.waiting).toBe(0);
  expect(await operations()).toEqual(['kill']);
  expect(new AuditLog(database, spool()).waiting).toBe(0);
});

test('what a console could not write before it died is written by the next one, before its own and only once', async () => {
  const dying = new AuditLog(database, spool());
  const open = await closeDatabase();
  await expect(dying.write(entry('kill'))).rejects.toMatchObject({ name: 'DatabaseAway' });
  await expect(dying.write(entry('rearm'))).rejects.toMatchObject({ name: 'DatabaseAway' });
  await open();
  const next = new AuditLog(database, spool());
  expect(next.waiting).toBe(2);
  await next.write(entry('activate'));
  expect(await operations()).toEqual(['kill', 'rearm', 'activate']);
  await new AuditLog(database, spool()).flush();
  expect(await operations()).toHaveLength(3);
});

test('an entry that the database refuses is put aside and holds up nothing', async () => {
  const audit = new AuditLog(database, spool());
  await db.sql(`ALTER TABLE vfxlp_audit ADD CONSTRAINT none_of_these CHECK (operation <> 'kill')`);
  await expect(audit.write(entry('kill'))).rejects.toThrow('none_of_these');
  await audit.write(entry('activate'));
  expect(audit.waiting).toBe(0);
  expect(await operations()).toEqual(['activate']);
  expect(readFileSync(`${spool()}.rejected`, 'utf8')).toContain('"operation":"kill"');
});

test('migrations run once, and consoles that start together wait for each other', async () => {
  const url = new URL(postgres.server.url);
  url.pathname = `/fresh_${randomUUID().replaceAll('-', '')}`;
  await database.query(`CREATE DATABASE ${url.pathname.slice(1)}`);
  const runs = await Promise.all([migrate(url.href), migrate(url.href), migrate(url.href)]);
  expect(runs.filter((names) => names.length > 0)).toEqual([MIGRATIONS.map(({ name }) => name)]);
  await database.query(`DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`);
});

test("VFXLP's own table is taken over with its rows", async () => {
  const url = new URL(postgres.server.url);
  url.pathname = `/vfxlp_${randomUUID().replaceAll('-', '')}`;
  await database.query(`CREATE DATABASE ${url.pathname.slice(1)}`);
  const theirs = openDatabase(url.href, systemClock);
  await theirs.query(`CREATE TABLE "vfx_LPProviderConfig" ("Provider" varchar(50) PRIMARY KEY, "Host" varchar(100), "Port" int,
    "SenderCompID" varchar(50), "TargetCompID" varchar(50), "HeartBtInt" int, "SSL" boolean, status int NOT NULL DEFAULT 0)`);
  await theirs.query(`INSERT INTO "vfx_LPProviderConfig" VALUES ('LP-OLD', 'fix.example', 1, 'A', 'B', 30, true, 0)`);
  await migrate(url.href);
  const repository = new LpRepository({
    database: theirs,
    secrets: createSecrets(Buffer.alloc(32)),
    events: true,
    onChange: () => () => undefined,
  });
  expect(await repository.list()).toMatchObject([{ provider: 'LP-OLD', desired: 'inactive', config: { valid: true } }]);
  await theirs.close();
  await database.query(`DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`);
});

test('a schema that cannot be made says what PostgreSQL refused', async () => {
  await db.sql('DROP TABLE vfxlp_migrations');
  await expect(migrate(db.url)).rejects.toThrow(/database schema could not be brought up to date: .*already exists/);
});
