import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { DEFAULT_RETRY, DEFAULT_SESSION, type LpConfig, type LpDraft } from '../../../main/contracts/lp-config.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { holdConnection } from '../../../main/database/dedicated-connection.ts';
import { type ConfigWatcher, watchConfig } from '../../../main/lp-config/config-watcher.ts';
import { LpRepository } from '../../../main/lp-config/lp-repository.ts';
import { createSecrets } from '../../../main/lp-config/secrets.ts';
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

/** The configuration as the console whose key fits has it. */
async function configOf(): Promise<LpConfig> {
  const config = await repository.config('LP-A');
  if (config === null) throw new Error('the row of LP-A is invalid');
  return config;
}
const credentials = async (by: LpRepository) => by.credentials(await configOf());

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

test('a created LP is read back with defaults, inactive, its password write-only', async () => {
  const created = await repository.create({ ...draft, username: 'desk', password: 'geheim', retry: { baseMs: 100 } });
  expect(created).toMatchObject({ ok: true, value: { provider: 'LP-A', hasPassword: true, version: 1 } });
  const record = await repository.get('LP-A');
  expect(record).toMatchObject({ desired: 'inactive', killed: null, status: 0, statusReason: null, owner: null });
  expect(record?.config).toMatchObject({
    valid: true,
    value: { retry: { ...DEFAULT_RETRY, baseMs: 100 }, session: DEFAULT_SESSION, username: 'desk' },
  });
  expect(JSON.stringify(record)).not.toContain('geheim');
  expect(await credentials(repository)).toEqual({ username: 'desk', password: 'geheim', newPassword: null, logonTags: [] });
  const [stored] = await db.sql(`SELECT position('geheim' IN encode(password, 'escape')) AS found FROM "vfx_LPProviderConfig"`);
  expect(stored).toEqual({ found: 0 });
});

test('a provider that exists and an unknown one are failures of the user that name the column', async () => {
  await repository.create(draft);
  expect(await repository.create(draft)).toMatchObject({
    ok: false,
    error: { kind: 'user', code: 'provider-exists', field: 'Provider' },
  });
  expect(await repository.save({ ...draft, provider: 'LP-B' })).toMatchObject({ ok: false, error: { code: 'unknown-provider' } });
  expect(await repository.remove('LP-B')).toMatchObject({ ok: false, error: { code: 'unknown-provider' } });
  expect(await repository.remove('LP-A')).toEqual({ ok: true, value: null });
  expect(await repository.list()).toEqual([]);
});

test('of names that differ in case only, the first one runs, also when the other was put in by SQL', async () => {
  await repository.create(draft);
  expect(await repository.create({ ...draft, provider: 'lp-a' })).toMatchObject({
    ok: false,
    error: {
      kind: 'user',
      code: 'provider-exists',
      field: 'Provider',
      message: expect.stringContaining('LP-A in more than case'),
    },
  });
  await db.sql(
    `INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host", "Port", "SenderCompID", "TargetCompID", "HeartBtInt", "SSL")
     VALUES ('lp-a', '127.0.0.1', 1, 'A', 'B', 30, false)`,
  );
  const rule = expect.stringContaining('must differ from LP-A in more than case');
  expect((await repository.get('lp-a'))?.config).toEqual({ valid: false, problems: [{ column: 'Provider', rule }] });
  expect((await repository.get('LP-A'))?.config).toMatchObject({ valid: true });
  expect(await repository.save({ ...draft, provider: 'lp-a' })).toMatchObject({ error: { code: 'provider-exists' } });
  await repository.remove('LP-A');
  expect((await repository.get('lp-a'))?.config).toMatchObject({ valid: true });
});

test('a row that is deleted and made again is another one; one that is changed is not', async () => {
  const rowId = async (): Promise<string | null | undefined> => (await repository.list())[0]?.rowId;
  await repository.create(draft);
  const first = await rowId();
  expect(first).toEqual(expect.any(String));
  await repository.save({ ...draft, port: 9_999 });
  expect(await rowId()).toBe(first);
  await repository.remove('LP-A');
  await repository.create(draft);
  expect(await rowId()).not.toBe(first);
});

test('saving keeps the options and the password that the draft leaves out, and counts versions', async () => {
  await repository.create({ ...draft, username: 'desk', password: 'one', session: { resetOnLogon: true } });
  const saved = await repository.save({ ...draft, heartBtInt: 9, session: { validate: false } });
  expect(saved).toMatchObject({
    ok: true,
    value: { applies: 'next-logon', config: { heartBtInt: 9, version: 2, session: { resetOnLogon: true, validate: false } } },
  });
  expect(await credentials(repository)).toEqual({ username: 'desk', password: 'one', newPassword: null, logonTags: [] });
  await repository.save({ ...draft, password: null, username: null });
  expect(await credentials(repository)).toEqual({ username: null, password: null, newPassword: null, logonTags: [] });
});

test('only a change that a live session need not notice applies now', async () => {
  await repository.create(draft);
  expect(await repository.save({ ...draft, retry: { capMs: 9_000 } })).toMatchObject({ value: { applies: 'now' } });
  expect(await repository.save({ ...draft, heartBtInt: 10 })).toMatchObject({ value: { applies: 'next-logon' } });
});

test('rows that other tools wrote badly name every column and rule, and the other LPs stay readable', async () => {
  await repository.create(draft);
  await db.sql(`INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host", "Port", "SenderCompID", "HeartBtInt", retry, session, status)
    VALUES ('../etc', 'no host', 70000, 'A=B', 0, '{"bseMs": 5}', '{"schedule": {"timeZone": "Mars/Olympus"}}', 9)`);
  const [bad, good] = await repository.list();
  expect(good?.config.valid).toBe(true);
  expect(bad).toMatchObject({ provider: '../etc', status: 0, config: { valid: false } });
  const columns = bad?.config.valid === false ? bad.config.problems.map(({ column }) => column) : [];
  for (const column of [
    'Provider',
    'Host',
    'Port',
    'SenderCompID',
    'TargetCompID',
    'HeartBtInt',
    'retry.bseMs',
    'session.schedule.timeZone',
  ]) {
    expect(columns).toContain(column);
  }
  expect(columns).not.toContain('SSL');
});

test('a form can repair a row whose options are broken', async () => {
  await repository.create(draft);
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET session = '[1]', retry = '{"factor": 0}'`);
  expect((await repository.get('LP-A'))?.config.valid).toBe(false);
  expect(await repository.save(draft)).toMatchObject({ ok: true, value: { config: { retry: DEFAULT_RETRY } } });
});

test('a password encrypted with another key is a problem of that LP, until it is saved again', async () => {
  await repository.create({ ...draft, password: 'one' });
  const other = open(2);
  expect((await other.get('LP-A'))?.config).toMatchObject({ valid: false, problems: [{ column: 'password' }] });
  await expect(credentials(other)).rejects.toThrow('must be entered again');
  expect(await other.save({ ...draft, port: 1 })).toMatchObject({ ok: false, error: { field: 'password' } });
  expect(await repository.config('LP-A')).toMatchObject({ port: draft.port });
  const config = await configOf();
  expect(await other.save({ ...draft, password: 'two' })).toMatchObject({ ok: true });
  expect(await other.credentials(config)).toMatchObject({ password: 'two' });
});

test('a new password is write-only, encrypted, and the password once it was accepted; each change counts', async () => {
  await repository.create({ ...draft, username: 'desk', password: 'geheim-1' });
  expect(await repository.save({ ...draft, newPassword: 'geheim-2' })).toMatchObject({
    value: { applies: 'next-logon', config: { hasPassword: true, hasNewPassword: true, version: 2 } },
  });
  const plain = async () => {
    const [stored] =
      await db.sql(`SELECT lp::text || encode(password, 'escape') || coalesce(encode(new_password, 'escape'), '') AS text
      FROM "vfx_LPProviderConfig" lp`);
    return `${stored?.['text']}${JSON.stringify(await repository.get('LP-A'))}`;
  };
  expect(await plain()).not.toContain('geheim');
  await repository.save({ ...draft, heartBtInt: 5 });
  expect(await credentials(repository)).toEqual({
    username: 'desk',
    password: 'geheim-1',
    newPassword: 'geheim-2',
    logonTags: [],
  });
  await vi.waitFor(() => expect(changes.length).toBeGreaterThanOrEqual(3));
  changes.length = 0;
  await repository.passwordChanged(await configOf(), 'geheim-2');
  expect(await credentials(repository)).toEqual({ username: 'desk', password: 'geheim-2', newPassword: null, logonTags: [] });
  expect(await repository.config('LP-A')).toMatchObject({ hasPassword: true, hasNewPassword: false, version: 4 });
  expect(await plain()).not.toContain('geheim');
  await vi.waitFor(() => expect(changes).toEqual(['LP-A']));
  // Written again after an answer that was lost: nothing is left to move.
  await repository.passwordChanged(await configOf(), 'geheim-2');
  expect(await repository.config('LP-A')).toMatchObject({ version: 4 });
});

test('a new password that was changed or removed meanwhile is not moved', async () => {
  await repository.create({ ...draft, password: 'one', newPassword: 'two' });
  await repository.save({ ...draft, newPassword: 'three' });
  await repository.passwordChanged(await configOf(), 'two');
  expect(await credentials(repository)).toMatchObject({ password: 'two', newPassword: 'three' });
  await repository.save({ ...draft, newPassword: null });
  await repository.passwordChanged(await configOf(), 'three');
  expect(await credentials(repository)).toMatchObject({ password: 'two', newPassword: null, logonTags: [] });
  await repository.passwordChanged({ ...(await configOf()), provider: 'LP-B' }, 'three');
});

test('the two secrets cannot be swapped in the table, and one of another key is not moved', async () => {
  await repository.create({ ...draft, password: 'one', newPassword: 'two' });
  const other = open(2);
  await other.passwordChanged(await configOf(), 'two');
  expect(await credentials(repository)).toMatchObject({ password: 'one', newPassword: 'two' });
  expect(await other.save({ ...draft, password: 'x' })).toMatchObject({ ok: false, error: { field: 'new_password' } });
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET password = new_password, new_password = password`);
  expect(await configOf()).toMatchObject({ secretsToEnter: ['password', 'new_password'] });
  await expect(credentials(repository)).rejects.toThrow('password, new_password of LP-A must be entered again');
});

test('an UPDATE from psql is announced within a second; status, leases and unchanged values are not', async () => {
  await repository.create(draft);
  await vi.waitFor(() => expect(changes).toEqual(['LP-A']));
  changes.length = 0;
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET status = 1, next_in = 7, owner_lease_until = now()`);
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'inactive', "Port" = "Port"`);
  const before = performance.now();
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'active'`);
  await vi.waitFor(() => expect(changes).toEqual(['LP-A']), { interval: 1 });
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(await repository.get('LP-A')).toMatchObject({ desired: 'active', config: { value: { version: 1 } } });
});

test('a renamed row announces both names, a deleted one its own, TRUNCATE all', async () => {
  await repository.create(draft);
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET "Provider" = 'LP-B'`);
  await db.sql('DELETE FROM "vfx_LPProviderConfig"');
  await db.sql('TRUNCATE "vfx_LPProviderConfig"');
  await vi.waitFor(() => expect(changes).toEqual(['LP-A', 'LP-A', 'LP-B', 'LP-B', null]));
});
