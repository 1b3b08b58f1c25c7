import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import type { KilledRow, LpStatus } from '../../../main/contracts/lp-record.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { LpRepository } from '../../../main/lp-config/lp-repository.ts';
import { createSecrets } from '../../../main/lp-config/secrets.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let db: TestDatabase;
let database: Database;
let repository: LpRepository;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.createDatabase();
  database = openDatabase(db.url, systemClock);
  repository = new LpRepository({
    database,
    secrets: createSecrets(Buffer.alloc(32, 1)),
    events: true,
    onChange: () => () => undefined,
  });
  for (const provider of ['LP-A', 'LP-B', 'LP-C']) await add(provider);
});
afterEach(async () => {
  await database.close();
  await db.drop();
});

const add = (provider: string) =>
  repository.create({
    provider,
    host: 'fix.example',
    port: 9_876,
    senderCompId: 'DESK',
    targetCompId: provider,
    heartBtInt: 30,
    ssl: false,
  });
const latch = { incidentId: 'now', by: 'a\0trader', reason: 'runaway \uD800', atMs: 1_000 };
const killed = (provider: string, from: LpStatus | null): KilledRow => ({
  provider,
  latch,
  change: from === null ? null : { ...change, eventId: randomUUID(), provider, from },
});
const change = {
  to: 0,
  reason: { code: 'killed', detail: 'by\0hand' },
  nextIn: 7,
  nextOut: null,
  attempt: 0,
  atMs: 2_000,
  consoleHost: 'desk/1',
} as const;
const events = () => db.sql('SELECT provider, payload FROM vfxlp_outbox ORDER BY id');

test('latch, status, event and the wish to be inactive of all LPs are one statement; a status that was 0 tells nothing new', async () => {
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET status = 1, desired = 'active', next_in = 3, next_out = 4`);
  const rows = [killed('LP-C', 1), killed('LP-A', 1), killed('LP-B', 0), killed('gone', 1)];
  expect([...(await repository.kill(rows))].sort()).toEqual(['LP-A', 'LP-B', 'LP-C']);
  for (const provider of ['LP-A', 'LP-B', 'LP-C'])
    expect(await repository.get(provider)).toMatchObject({
      killed: { incidentId: 'now', by: 'a\uFFFDtrader', reason: 'runaway \uFFFD', atMs: 1_000 },
      desired: 'inactive',
      status: 0,
      statusReason: { code: 'killed', detail: 'by\uFFFDhand' },
      statusAtMs: 2_000,
    });
  expect(await db.sql('SELECT DISTINCT next_in::int, next_out::int FROM "vfx_LPProviderConfig"')).toEqual([
    { next_in: 7, next_out: 4 },
  ]);
  expect(await events()).toMatchObject([
    { provider: 'LP-A', payload: { provider: 'LP-A', oldStatus: 1, newStatus: 0, version: 1 } },
    { provider: 'LP-C', payload: { provider: 'LP-C', oldStatus: 1, newStatus: 0 } },
  ]);
  // Written again, as when the answer was lost: nothing is told twice.
  await repository.kill(rows);
  expect(await events()).toHaveLength(2);
});

test('a row that somebody has locked is left out, and holds up none of the others', async () => {
  const person = new pg.Client({ connectionString: db.url });
  await person.connect();
  try {
    await person.query('BEGIN');
    await person.query(`UPDATE "vfx_LPProviderConfig" SET "Port" = 1 WHERE "Provider" = 'LP-B'`);
    const rows = [killed('LP-A', 1), killed('LP-B', 1), killed('LP-C', null)];
    expect([...(await repository.kill(rows))].sort()).toEqual(['LP-A', 'LP-C']);
    expect(await events()).toMatchObject([{ provider: 'LP-A' }]);
  } finally {
    await person.end();
  }
});

test('no latch is set that was taken off before; one that is replaced counts as taken off', async () => {
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET rearmed_incident = '{now}' WHERE "Provider" = 'LP-A'`);
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET kill_incident = 'before' WHERE "Provider" = 'LP-B'`);
  await repository.kill([killed('LP-A', 2), killed('LP-B', null)]);
  expect(await repository.get('LP-A')).toMatchObject({ killed: null, rearmed: ['now'], status: 0 });
  expect(await repository.get('LP-B')).toMatchObject({ killed: { incidentId: 'now' }, rearmed: ['before'] });
});

test('a NULL among the incidents that were re-armed is refused where it is written, and makes no row unreadable', async () => {
  await expect(db.sql(`UPDATE "vfx_LPProviderConfig" SET rearmed_incident = '{a,NULL}'`)).rejects.toThrow(
    'rearmed_incident_names_incidents',
  );
  expect(await repository.list()).toHaveLength(3);
});
