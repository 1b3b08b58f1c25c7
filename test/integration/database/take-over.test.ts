import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { identityOf } from '../../../main/database/console-identity.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { type OwnershipConnection, openOwnership } from '../../../main/database/ownership.ts';
import { LpRepository } from '../../../main/lp-config/lp-repository.ts';
import { createSecrets } from '../../../main/lp-config/secrets.ts';
import { ownedBy } from '../../support/owned.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let db: TestDatabase;
let database: Database;
let repository: LpRepository;
const opened: OwnershipConnection[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.createDatabase();
  database = openDatabase(db.url, systemClock);
  const onChange = () => () => undefined;
  repository = new LpRepository({ database, secrets: createSecrets(Buffer.alloc(32, 1)), events: false, onChange });
  await db.sql(`INSERT INTO "vfx_LPProviderConfig" ("Provider") VALUES ('LP-A'), ('LP-B')`);
});
afterEach(async () => {
  for (const ownership of opened.splice(0)) await ownership.close();
  await database.close();
  await db.drop();
});

/** A console on a data folder of its own, its connection up. */
async function openConsole(name: string, asks: boolean): Promise<OwnershipConnection> {
  const ownership = openOwnership(db.url, systemClock, identityOf(`folder of ${name}`, name), asks);
  opened.push(ownership);
  await vi.waitFor(() => ownership.release('none'), { timeout: 5_000 });
  return ownership;
}
const silence = (alone: boolean) =>
  db.sql(`UPDATE vfxlp_consoles SET alone = $1, lease_until = now() - interval '1 s' WHERE name = 'desk-a/1'`, [alone]);

test('what a silent console owned that knew of no other is taken when a person says that it is gone', async () => {
  for (const provider of ['LP-A', 'LP-B']) await ownedBy(db, provider, 'desk-a/1', -1);
  await silence(true);
  const b = await openConsole('desk-b/1', false);
  expect(await b.acquire('LP-A')).toBeNull();
  expect(await repository.get('LP-A')).toMatchObject({
    owner: 'desk-a/1',
    silentOwner: { name: 'desk-a/1', sinceMs: expect.closeTo(Date.now() - 1_000, -5) },
  });
  const gone = await repository.confirmGone('LP-A', 'trader');
  expect(gone?.console).toBe('desk-a/1');
  expect(gone?.lps).toContain('LP-A');
  expect(await b.acquire('LP-A')).toEqual(expect.any(Number));
  expect(await repository.get('LP-A')).toMatchObject({ owner: 'desk-b/1', silentOwner: null });
});

test('a console that asks takes nothing from one that died, without a word; one that does not takes it when the lease has ended', async () => {
  await ownedBy(db, 'LP-A', 'desk-a/1', -1);
  const [asking, other] = [await openConsole('desk-b/1', true), await openConsole('desk-c/1', false)];
  expect(await asking.acquire('LP-A')).toBeNull();
  expect(await repository.get('LP-A')).toMatchObject({ owner: null, silentOwner: { name: 'desk-a/1' } });
  await repository.confirmGone('LP-A', 'trader');
  expect(await asking.acquire('LP-A')).toEqual(expect.any(Number));
  await ownedBy(db, 'LP-B', 'desk-d/1', -1);
  expect(await other.acquire('LP-B')).toEqual(expect.any(Number));
});

test('what was given up, and what the same data folder had, is no question', async () => {
  const first = await openConsole('desk-a/1', true);
  const second = await openConsole('desk-b/1', true);
  await first.acquire('LP-A');
  await first.release('LP-A');
  expect(await second.acquire('LP-A')).toEqual(expect.any(Number));
  await ownedBy(db, 'LP-B', 'desk-c/1', -1);
  await db.sql(
    `UPDATE vfxlp_consoles c SET host = me.host, folder = me.folder FROM vfxlp_consoles me WHERE c.name = 'desk-c/1' AND me.name = 'desk-b/1'`,
  );
  expect(await second.acquire('LP-B')).toEqual(expect.any(Number));
});

test('nobody can be said to be gone whose lease lives, and who is heard of again has to be asked about again', async () => {
  const a = await openConsole('desk-a/1', false);
  await a.acquire('LP-A');
  expect(await repository.confirmGone('LP-A', 'trader')).toBeNull();
  expect(await repository.confirmGone('LP-B', 'trader')).toBeNull();
  await silence(true);
  expect(await repository.confirmGone('LP-A', 'trader')).toEqual({ console: 'desk-a/1', lps: ['LP-A'] });
  const word = async () => (await db.sql(`SELECT gone_by FROM vfxlp_consoles WHERE name = 'desk-a/1'`))[0]?.['gone_by'];
  await vi.waitFor(async () => expect(await word()).toBeNull(), { timeout: 15_000, interval: 100 });
  expect(await a.acquire('LP-A')).toEqual(expect.any(Number));
});
