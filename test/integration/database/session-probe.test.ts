import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeSession } from '../../../main/database/session-probe.ts';
import { startPgBouncer } from '../../support/pgbouncer.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let db: TestDatabase;

beforeAll(async () => {
  postgres = await startTestPostgres();
  db = await postgres.createDatabase();
});
afterAll(async () => {
  await db.drop();
  await postgres.stop();
});

test('a server of its own gives sessions, and nothing of the probe is left', async () => {
  await probeSession(db.url);
  expect(await db.sql(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`)).toEqual([]);
});

test('a PgBouncer in session mode gives sessions', async () => {
  const bouncer = await startPgBouncer(db.url, 'session');
  try {
    await probeSession(bouncer.url);
  } finally {
    await bouncer.stop();
  }
});

test('a PgBouncer in transaction mode gives none, and the sentence says what to do', async () => {
  const bouncer = await startPgBouncer(db.url, 'transaction');
  try {
    await expect(probeSession(bouncer.url)).rejects.toThrow(/pooler that gives no session of its own.*Set pool_mode = session/);
  } finally {
    await bouncer.stop();
  }
});

test('a server that is away is no pooler', async () => {
  await expect(probeSession('postgres://vfxlp@127.0.0.1:1/none')).rejects.toThrow(/ECONNREFUSED/);
});
