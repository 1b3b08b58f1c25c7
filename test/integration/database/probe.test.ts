import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { type DatabaseProbe, probeDatabase } from '../../../main/database/database-probe.ts';
import { schemaGap } from '../../../main/database/schema-needs.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let db: TestDatabase;
let database: Database;
let probe: DatabaseProbe;
let mended: number;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.createDatabase();
  database = openDatabase(db.url, systemClock);
  probe = probeDatabase(database, systemClock, 'desk-1/7');
  mended = 0;
  probe.onMended(() => {
    mended += 1;
  });
  await says('ok', /^PostgreSQL at /);
});
afterEach(async () => {
  probe.close();
  await database.close();
  await db.drop();
});

/** The connection is there all the time: what is said is of more than that. */
const says = (state: string, text: RegExp): Promise<void> =>
  vi.waitFor(
    () => {
      expect(probe.health()).toMatchObject({ state, text: expect.stringMatching(text) });
    },
    { timeout: 20_000 },
  );

const LP_TABLE = '"vfx_LPProviderConfig"';

test.for([
  ['a table that is gone', `DROP TABLE ${LP_TABLE} CASCADE`, /lacks what the console needs: table "vfx_LPProviderConfig"/],
  [
    'a column that has another name',
    `ALTER TABLE ${LP_TABLE} RENAME COLUMN desired TO wanted`,
    /column desired of "vfx_LPProviderConfig"/,
  ],
  ['a trigger that is off', `ALTER TABLE ${LP_TABLE} DISABLE TRIGGER vfxlp_tell_change`, /trigger vfxlp_tell_change on "vfx_LP/],
  ['a function that is gone', 'DROP FUNCTION vfxlp_write_status', /function vfxlp_write_status/],
  ['a table of our own that is gone', 'DROP TABLE vfxlp_audit', /table vfxlp_audit/],
  [
    'the heartbeat that is refused',
    'ALTER TABLE vfxlp_heartbeat ADD CHECK (console <> $$desk-1/7$$) NOT VALID',
    /refuses to write: .*check constraint/,
  ],
] as const)('%s is told', async ([, damage, text]) => {
  await db.sql(damage);
  await says('down', text);
  expect(database.health().state).toBe('ok');
});

test('a database that became read-only is told, and that it is not any more', async () => {
  const name = new URL(db.url).pathname.slice(1);
  const readOnly = async (yes: boolean): Promise<void> => {
    await db.sql(`ALTER DATABASE ${name} SET default_transaction_read_only = ${yes}`);
    // Settings of a database are taken up by new connections.
    await db.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`);
  };
  await readOnly(true);
  await says('down', /is read-only: nothing can be written to it\. What is to be written is kept/);
  const before = mended;
  const client = new pg.Client({ connectionString: db.url });
  await client.connect();
  await client.query('SET default_transaction_read_only = off');
  await client.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
  );
  await client.end();
  await says('ok', /^PostgreSQL at /);
  expect(mended).toBeGreaterThan(before);
});

test('a role that may not write is told', async () => {
  await db.sql('DROP ROLE IF EXISTS vfxlp_reader');
  await db.sql(`CREATE ROLE vfxlp_reader LOGIN PASSWORD 'reader'`);
  await db.sql('GRANT SELECT ON ALL TABLES IN SCHEMA public TO vfxlp_reader');
  const url = new URL(db.url);
  [url.username, url.password] = ['vfxlp_reader', 'reader'];
  const theirs = openDatabase(url.href, systemClock);
  await expect(schemaGap(theirs.query)).resolves.toMatch(/^the right to INSERT on "vfx_LPProviderConfig", .* and \d+ more$/);
  await theirs.close();
});

test('a write that waits is told within seconds, and asking for the health waits for nothing', async () => {
  const client = new pg.Client({ connectionString: db.url });
  await client.connect();
  await client.query('BEGIN; LOCK TABLE vfxlp_heartbeat IN ACCESS EXCLUSIVE MODE');
  await says('down', /does not answer: a write has been waiting/);
  const before = performance.now();
  const { checkedAtMs } = probe.health();
  expect(performance.now() - before).toBeLessThan(20);
  expect(Date.now() - (checkedAtMs ?? 0)).toBeLessThan(60_000);
  await client.query('COMMIT');
  await client.end();
  await says('ok', /^PostgreSQL at /);
});

test('what is needed is what the migrations make', async () => {
  expect(await schemaGap(database.query)).toBeNull();
  const asked: unknown[][] = [];
  await schemaGap((_text, values) => {
    asked.push([...values]);
    return Promise.resolve([]);
  });
  const needs = JSON.parse(String(asked[0]?.[0])) as { kind: string; name: string; part: string }[];
  const needed = new Set(
    needs.filter(({ kind }) => kind === 'column').map(({ name, part }) => `${name.replaceAll('"', '')}.${part}`),
  );
  const made = await db.sql(
    `SELECT table_name || '.' || column_name AS made FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name LIKE 'vfx%' AND table_name <> 'vfxlp_migrations' ORDER BY 1`,
  );
  // Not written and not read any more.
  const old = ['vfx_LPProviderConfig.owner', 'vfx_LPProviderConfig.owner_lease_until'];
  expect(made.map((row) => String(row['made'])).filter((name) => !needed.has(name) && !old.includes(name))).toEqual([]);
});
