import { createCipheriv } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import type { LpConfig, LpDraft } from '../../../main/contracts/lp-config.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { adoptSecrets } from '../../../main/lp-config/adopt-secrets.ts';
import { LpRepository } from '../../../main/lp-config/lp-repository.ts';
import { createSecrets } from '../../../main/lp-config/secrets.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { backupHosts, draft, host, withSecrets } from './secret-draft.ts';

const KEY = Buffer.alloc(32, 1);
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
  repository = new LpRepository({ database, secrets: createSecrets(KEY), events: false, onChange: () => () => undefined });
});
afterEach(async () => {
  await database.close();
  await db.drop();
});

async function config(): Promise<LpConfig> {
  const found = await repository.config('LP-A');
  if (found === null) throw new Error(JSON.stringify((await repository.get('LP-A'))?.config));
  return found;
}
const toEnter = async () => (await config()).secretsToEnter;
const ALL = ['password', 'new_password', 'session.logonTags'];
const sql = (set: string) => db.sql(`UPDATE "vfx_LPProviderConfig" SET ${set}`);
const session = (change: object) => `session = session || '${JSON.stringify(change)}'`;
/** All that the database has of it, as text. */
const inPlain = async () =>
  JSON.stringify(
    await db.sql(
      `SELECT lp::text, encode(password, 'escape'), encode(new_password, 'escape'), encode(secret_tags, 'escape') FROM "vfx_LPProviderConfig" lp`,
    ),
  );

describe('secrets go nowhere else than where they were entered for', () => {
  const elsewhere: [string, string, Partial<LpDraft>][] = [
    ['Host', `"Host" = 'evil.example'`, { host: 'evil.example' }],
    ['Port', '"Port" = 9877', { port: 9_877 }],
    ['SSL', '"SSL" = false', { ssl: false }],
    ['a verification that is switched off', `tunnel = '{"verify": "none"}'`, { tunnel: { verify: 'none' } }],
    [
      'a further backup host',
      session({ backupHosts: [...backupHosts, { host: 'evil.example', port: 1 }] }),
      { session: { backupHosts: [...backupHosts, { host: 'evil.example', port: 1 }] } },
    ],
    [
      'another port of a backup host',
      session({ backupHosts: [{ host: 'dr1.example', port: 9 }] }),
      { session: { backupHosts: [{ host: 'dr1.example', port: 9 }] } },
    ],
  ];

  test.each(elsewhere)('%s by SQL makes them unusable, and back again usable', async (_, set) => {
    await repository.create(withSecrets);
    const before = await config();
    expect(await toEnter()).toEqual([]);
    await sql(set);
    const changed = await config();
    expect(changed.secretsToEnter).toEqual(ALL);
    await expect(repository.credentials(changed)).rejects.toThrow('must be entered again');
    // A session that was begun before knows where it goes.
    expect(await repository.credentials(before)).toMatchObject({ password: 'one' });
    await sql(`"Host" = '${host}', "Port" = 9876, "SSL" = true, tunnel = '{}', ${session({ backupHosts })}`);
    expect(await repository.credentials(await config())).toMatchObject({ password: 'one', newPassword: 'two' });
  });

  test.each(elsewhere)('%s by a save is saved, and asks for each of them again', async (_, __, change) => {
    await repository.create(withSecrets);
    expect(await repository.save({ ...draft, ...change, session: { backupHosts, ...change.session } })).toMatchObject({
      ok: true,
      value: { applies: 'next-logon', config: { hasPassword: true, secretsToEnter: ALL } },
    });
    const entered = { ...draft, ...change, password: 'p', newPassword: null, session: { backupHosts, ...change.session } };
    expect(await repository.save(entered)).toMatchObject({ value: { config: { secretsToEnter: ['session.logonTags'] } } });
    // One of them alone would leave the others where they are.
    const one = {
      ...entered.session,
      logonTags: [
        [5001, 'x'],
        [96, null],
      ] as const,
    };
    expect(await repository.save({ ...entered, session: one })).toMatchObject({
      ok: false,
      error: { field: 'session.logonTags' },
    });
    const all = {
      ...entered.session,
      logonTags: [
        [5001, 'x'],
        [96, 'y'],
      ] as const,
    };
    expect(await repository.save({ ...entered, session: all })).toMatchObject({ value: { config: { secretsToEnter: [] } } });
    expect(await repository.credentials(await config())).toEqual({
      username: 'desk',
      password: 'p',
      newPassword: null,
      logonTags: [
        [5001, 'x'],
        [96, 'y'],
      ],
    });
  });

  test.each([
    [
      'CompIDs, options and the order of the hosts',
      { targetCompId: 'X', session: { backupHosts: backupHosts.toReversed(), validate: false } },
    ],
    ['an upper case in the Host', { host: host.toUpperCase() }],
    ['a certificate that is pinned instead of its chain', { tunnel: { verify: 'pinned', caFile: '/ca.pem' } }],
  ] as const)('%s is no other place', async (_, change) => {
    await repository.create(withSecrets);
    await repository.save({ ...draft, ...change });
    expect(await toEnter()).toEqual([]);
  });

  test('what was entered for a tunnel that verifies nothing is good for one that does', async () => {
    await repository.create({ ...withSecrets, tunnel: { verify: 'none' } });
    await repository.save({ ...draft, tunnel: { verify: 'chain' } });
    expect(await toEnter()).toEqual([]);
    expect(await repository.credentials(await config())).toMatchObject({ password: 'one' });
  });

  test('a copy in the row of another LP, or an LP by another name, has none', async () => {
    await repository.create(withSecrets);
    await sql(`"Provider" = 'LP-B'`);
    expect((await repository.config('LP-B'))?.secretsToEnter).toEqual(ALL);
  });

  test('a NewPassword that an LP has accepted is stored for that LP, whatever the row has become meanwhile', async () => {
    await repository.create(withSecrets);
    const before = await config();
    await sql(`"Host" = 'evil.example'`);
    await repository.passwordChanged(before, 'two');
    expect(await toEnter()).toEqual(['password', 'session.logonTags']);
    await sql(`"Host" = '${host}'`);
    expect(await repository.credentials(await config())).toMatchObject({ password: 'two', newPassword: null });
  });
});

describe('secret tags of a Logon', () => {
  test('are encrypted, write-only, and sent in their places', async () => {
    const created = await repository.create(withSecrets);
    const shown = [
      [5001, null],
      [1137, '9'],
      [96, null],
      [5001, null],
    ];
    expect(created).toMatchObject({ value: { session: { logonTags: shown } } });
    expect(JSON.stringify([created, await repository.list()])).not.toContain('token');
    expect(await inPlain()).not.toContain('token');
    expect((await repository.credentials(await config())).logonTags).toEqual(withSecrets.session?.logonTags);
    // Another order, one changed, one gone, one more that is not secret.
    const logonTags = [
      [96, null],
      [7777, 'plain'],
      [5001, null],
      [5001, 'new'],
    ] as const;
    expect(await repository.save({ ...draft, session: { backupHosts, logonTags } })).toMatchObject({ ok: true });
    expect((await repository.credentials(await config())).logonTags).toEqual([
      [96, 'token-2'],
      [7777, 'plain'],
      [5001, 'token-1'],
      [5001, 'new'],
    ]);
    await repository.save({ ...draft, session: { backupHosts, logonTags: [] } });
    expect(await db.sql('SELECT secret_tags FROM "vfx_LPProviderConfig"')).toEqual([{ secret_tags: null }]);
  });

  test('are those that the option says, by default 96 and 5001', async () => {
    await repository.create({
      ...draft,
      session: {
        backupHosts,
        secretTags: [7777],
        logonTags: [
          [7777, 'token'],
          [5001, 'shown'],
        ],
      },
    });
    expect((await config()).session.logonTags).toEqual([
      [7777, null],
      [5001, 'shown'],
    ]);
    // One that is no secret any more is not shown for that.
    expect(await repository.save({ ...draft, session: { secretTags: [] } })).toMatchObject({
      ok: false,
      error: { field: 'session.logonTags' },
    });
    expect(await repository.save({ ...draft, session: { secretTags: [7777, 5001] } })).toMatchObject({ ok: true });
    expect(await inPlain()).not.toContain('shown');
    expect((await repository.credentials(await config())).logonTags).toEqual([
      [7777, 'token'],
      [5001, 'shown'],
    ]);
  });

  test('in plain text by SQL are refused with the way to enter them; a new LP has none to keep', async () => {
    await repository.create(draft);
    await sql(session({ logonTags: [[5001, 'token']] }));
    const record = await repository.get('LP-A');
    expect(record?.config).toMatchObject({ valid: false, problems: [{ column: 'session.logonTags' }] });
    expect(JSON.stringify(record)).not.toContain('token');
    const none = { backupHosts, logonTags: [[5001, null]] as const };
    expect(await repository.create({ ...draft, provider: 'LP-B', session: none })).toMatchObject({
      ok: false,
      error: { field: 'session.logonTags' },
    });
    await sql(session(none));
    expect(await toEnter()).toEqual(['session.logonTags']);
  });
});

describe('secrets of before they were bound', () => {
  function unbound(plain: string, aad: string): Buffer {
    const iv = Buffer.alloc(12, 3);
    const cipher = createCipheriv('aes-256-gcm', KEY, iv).setAAD(Buffer.from(aad));
    const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([1]), iv, cipher.getAuthTag(), text]);
  }

  test('are bound once to where they go then; an old copy that is put back later is worth nothing', async () => {
    await repository.create(draft);
    const old = `password = '\\x${unbound('one', 'LP-A').toString('hex')}', new_password = '\\x${unbound('two', 'new_password\0LP-A').toString('hex')}'`;
    await sql(
      `${old}, ${session({
        logonTags: [
          [5001, 'token'],
          [1137, '9'],
        ],
      })}`,
    );
    await db.sql(`INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host") VALUES ('LP-BAD', 'no host')`);
    expect(await adoptSecrets(database, createSecrets(KEY))).toEqual(['LP-A']);
    expect(await toEnter()).toEqual([]);
    expect(await repository.credentials(await config())).toMatchObject({
      password: 'one',
      newPassword: 'two',
      logonTags: [
        [5001, 'token'],
        [1137, '9'],
      ],
    });
    expect(await inPlain()).not.toContain('token');
    expect(await adoptSecrets(database, createSecrets(KEY))).toEqual([]);
    await sql(`${old}, "Host" = 'evil.example'`);
    expect(await toEnter()).toEqual(ALL);
    await expect(repository.credentials(await config())).rejects.toThrow('must be entered again');
  });

  test('of another key stay as they are', async () => {
    await repository.create(draft);
    await sql(`password = '\\x${unbound('one', 'LP-A').toString('hex')}'`);
    expect(await adoptSecrets(database, createSecrets(Buffer.alloc(32, 2)))).toEqual([]);
    expect(await adoptSecrets(database, createSecrets(KEY))).toEqual(['LP-A']);
  });
});
