import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import type { LpDraft } from '../../../main/contracts/lp-config.ts';
import type { StatusChange } from '../../../main/contracts/lp-record.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { holdConnection } from '../../../main/database/dedicated-connection.ts';
import { type ConfigWatcher, watchConfig } from '../../../main/lp-config/config-watcher.ts';
import { LpRepository } from '../../../main/lp-config/lp-repository.ts';
import { createSecrets } from '../../../main/lp-config/secrets.ts';
import { ownedBy } from '../../support/owned.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let db: TestDatabase;
let database: Database;
let watcher: ConfigWatcher;
let repository: LpRepository;
let changes: (string | null)[];

const draft: LpDraft = {
  provider: 'LP-A',
  host: 'fix.lp-a.example',
  port: 9_876,
  senderCompId: 'DESK',
  targetCompId: 'LPA',
  heartBtInt: 30,
  ssl: false,
};

const open = (key = 1, events = true) =>
  new LpRepository({ database, secrets: createSecrets(Buffer.alloc(32, key)), events, onChange: watcher.onChange });

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.createDatabase();
  database = openDatabase(db.url, systemClock);
  watcher = watchConfig((use) => holdConnection(db.url, systemClock, use), systemClock);
  changes = [];
  await new Promise<void>((listening) => {
    const off = watcher.onChange(() => {
      off();
      listening();
    });
  });
  watcher.onChange((provider) => changes.push(provider));
  repository = open();
});
afterEach(async () => {
  await watcher.close();
  await database.close();
  await db.drop();
});

test('a desired state that is neither active nor inactive is refused by the database', async () => {
  await repository.create(draft);
  await expect(db.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'Active'`)).rejects.toThrow('desired_is_active_or_inactive');
});

const change: StatusChange = {
  eventId: randomUUID(),
  provider: 'LP-A',
  from: 1,
  to: 2,
  reason: { code: 'peer-logout', peerText: 'closing' },
  nextIn: 12,
  nextOut: null,
  attempt: 3,
  atMs: Date.UTC(2026, 0, 31, 9, 30, 0, 123),
  consoleHost: 'desk-1',
};

test('a status and its event are one transaction, and writing it twice is writing it once', async () => {
  await repository.create(draft);
  await db.sql('UPDATE "vfx_LPProviderConfig" SET next_out = 5');
  const epoch = await ownedBy(db, 'LP-A');
  expect(await repository.writeStatus(change, epoch)).toBe(true);
  expect(await repository.writeStatus(change, epoch)).toBe(true);
  expect(await repository.get('LP-A')).toMatchObject({ status: 2, statusReason: change.reason, statusAtMs: change.atMs });
  expect(await db.sql('SELECT next_in::int, next_out::int FROM "vfx_LPProviderConfig"')).toEqual([{ next_in: 12, next_out: 5 }]);
  expect(await db.sql('SELECT event_id, provider, subject, payload FROM vfxlp_outbox')).toEqual([
    {
      event_id: change.eventId,
      provider: 'LP-A',
      subject: 'vfxlp.events.lpstatus',
      payload: {
        version: 1,
        eventId: change.eventId,
        provider: 'LP-A',
        oldStatus: 1,
        newStatus: 2,
        reason: { code: 'peer-logout', layer: 'peer-logout', text: 'The peer logged out: “closing”' },
        nextInSeqNum: 12,
        nextOutSeqNum: null,
        attempt: 3,
        time: '2026-01-31T09:30:00.123Z',
        host: 'desk-1',
      },
    },
  ]);
});

test('a status of an ownership that has ended since is refused, with its event; a 0 is not', async () => {
  await repository.create(draft);
  const before = await ownedBy(db, 'LP-A', 'frozen/1');
  const now = await ownedBy(db, 'LP-A', 'owner/1');
  expect(await repository.writeStatus({ ...change, from: 0, to: 1 }, now)).toBe(true);
  expect(await repository.writeStatus({ ...change, eventId: randomUUID() }, before)).toBe(false);
  expect(await repository.writeStatus({ ...change, eventId: randomUUID() }, null)).toBe(false);
  expect(await repository.get('LP-A')).toMatchObject({ status: 1 });
  expect(await db.sql('SELECT 1 FROM vfxlp_outbox')).toHaveLength(1);
  expect(await repository.writeStatus({ ...change, eventId: randomUUID(), from: 1, to: 0 }, null)).toBe(true);
  expect(await repository.get('LP-A')).toMatchObject({ status: 0 });
});

test('without a NATS URL no events are kept', async () => {
  await repository.create(draft);
  await open(1, false).writeStatus(change, await ownedBy(db, 'LP-A'));
  expect(await repository.get('LP-A')).toMatchObject({ status: 2 });
  expect(await db.sql('SELECT 1 FROM vfxlp_outbox')).toEqual([]);
});

test('a kill latch is set and taken off', async () => {
  await repository.create(draft);
  const latch = { incidentId: randomUUID(), by: 'operator', reason: 'fat finger', atMs: 1_000 };
  await repository.setKillLatch('LP-A', latch);
  expect((await repository.get('LP-A'))?.killed).toEqual(latch);
  expect(await repository.liftKillLatch('LP-A', latch.incidentId)).toBe(true);
  expect(await repository.get('LP-A')).toMatchObject({ killed: null, rearmed: [latch.incidentId], desired: 'inactive' });
});

test('a re-arm takes off the latch that it names: a kill that came meanwhile stands', async () => {
  await repository.create(draft);
  const latch = { incidentId: 'first', by: 'operator', reason: 'fat finger', atMs: 1_000 };
  await repository.setKillLatch('LP-A', latch);
  await repository.setKillLatch('LP-A', { ...latch, incidentId: 'second' });
  expect(await repository.liftKillLatch('LP-A', 'first')).toBe(false);
  expect((await repository.get('LP-A'))?.killed).toEqual({ ...latch, incidentId: 'second' });
  expect(await repository.liftKillLatch('LP-A', 'second')).toBe(true);
  expect((await repository.get('LP-A'))?.killed).toBeNull();
});

test('every latch that was taken off is remembered: none is set again by a console that still has it, and none counts a version', async () => {
  const latch = { incidentId: 'first', by: 'operator', reason: 'fat finger', atMs: 1_000 };
  await repository.create(draft);
  for (const incidentId of ['first', 'second', 'third']) {
    await repository.setKillLatch('LP-A', { ...latch, incidentId });
    // Taken off twice, as when the answer was lost.
    for (let i = 0; i < 2; i += 1) expect(await repository.liftKillLatch('LP-A', incidentId)).toBe(true);
  }
  await repository.setKillLatch('LP-A', latch);
  expect(await repository.get('LP-A')).toMatchObject({ killed: null, rearmed: ['first', 'second', 'third'] });
  expect((await repository.config('LP-A'))?.version).toBe(1);
});

test('the view of routable LPs has those that are logged on, not killed and held by a living console', async () => {
  for (const provider of ['ok', 'down', 'killed', 'crashed']) await repository.create({ ...draft, provider });
  for (const provider of ['ok', 'down', 'killed']) await ownedBy(db, provider);
  await ownedBy(db, 'crashed', 'y/1', -1);
  await db.sql('UPDATE "vfx_LPProviderConfig" SET status = 1');
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET status = 2 WHERE "Provider" = 'down'`);
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET kill_incident = 'i' WHERE "Provider" = 'killed'`);
  expect(await db.sql('SELECT "Provider" FROM vfx_routable_lps')).toEqual([{ Provider: 'ok' }]);
  expect(await repository.get('crashed')).toMatchObject({ owner: null });
  expect(await repository.get('ok')).toMatchObject({ owner: 'x/1' });
});
