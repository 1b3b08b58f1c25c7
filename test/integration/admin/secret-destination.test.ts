import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { Counterparty } from '../engine/counterparty.ts';
import { draft, startTestConsole, type TestConsole } from './test-console.ts';

const WAIT = { timeout: 20_000, interval: 50 };

let postgres: TestPostgres;
let database: TestDatabase;
let desk: TestConsole;
let lp: Counterparty;
/** Where nobody has entered a password for. */
let elsewhere: Counterparty;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  lp = await Counterparty.listen();
  elsewhere = await Counterparty.listen();
  database = await postgres.createDatabase();
  desk = await startTestConsole(database);
});
afterEach(async () => {
  await desk.close();
  await database.drop();
  await lp.end();
  await elsewhere.end();
});

const session = { logonTags: [[5001, 'geheim-tag']] as const };
const asked = { senderCompId: 'US', targetCompId: 'LP', retry: { baseMs: 50, logonBaseMs: 50 } };
const put = (body: object) => desk.send('PUT', '/api/v1/lps/LP-A?actor=ops-1', { ...draft(lp.port), ...asked, ...body });
const activate = () => desk.send('POST', '/api/v1/lps/LP-A/activate', { reason: 'test', actor: 'ops-1' });
const view = async () => (await desk.send('GET', '/api/v1/lps/LP-A')).json;

async function loggedOn(): Promise<void> {
  await put({ username: 'desk', password: 'geheim-554', session });
  await activate();
  const logon = await lp.logOn();
  expect(logon.text).toContain('|554=geheim-554|5001=geheim-tag|');
}

/** The line of the LP says it, and nobody has been told anything. */
async function asksAgain(): Promise<void> {
  await vi.waitFor(async () => {
    expect(await view()).toMatchObject({
      lp: {
        state: { kind: 'error' },
        status: 2,
        reason: { code: 'secrets-needed' },
        problems: [
          { column: 'password', rule: expect.stringContaining('entered again') },
          { column: 'session.logonTags', rule: expect.stringContaining('entered again') },
        ],
      },
      config: { hasPassword: true, secretsToEnter: ['password', 'session.logonTags'] },
    });
  }, WAIT);
  expect(elsewhere.connections).toBe(0);
}

test.each([
  ['SQL', (port: number) => database.sql(`UPDATE "vfx_LPProviderConfig" SET "Port" = ${port}`)],
  ['the API', (port: number) => put({ port })],
] as const)('a password does not follow a Port that is changed by %s: it is asked for, and then sent', async (_, change) => {
  await loggedOn();
  await change(elsewhere.port);
  lp.drop();
  await asksAgain();
  expect(await put({ port: elsewhere.port, password: 'other', session: { logonTags: [[5001, 'other-tag']] } })).toMatchObject({
    status: 200,
  });
  const logon = await elsewhere.logOn();
  expect(logon.text).toContain('|554=other|5001=other-tag|');
  expect(elsewhere.all.map(({ text }) => text).join()).not.toContain('geheim');
});

test('a backup host that somebody adds is not told the password, and the LP not logged on before it was entered again', async () => {
  await loggedOn();
  await database.sql(
    `UPDATE "vfx_LPProviderConfig" SET session = session || '{"backupHosts": [{"host": "127.0.0.1", "port": ${elsewhere.port}}]}'`,
  );
  await lp.end();
  await asksAgain();
});

test('a secret Logon tag is in no log, row, audit or answer', async () => {
  await loggedOn();
  lp.send('5', '58=geheim-tag and geheim-554 are wrong|');
  await vi.waitFor(() => expect(readFileSync(join(desk.fixLogDir, 'LP-A', 'fix.log'), 'latin1')).toContain('5001=***'), WAIT);
  await vi.waitFor(() => expect(readFileSync(join(desk.fixLogDir, 'LP-A', 'fix.log'), 'latin1')).toContain('are wrong'), WAIT);
  await vi.waitFor(() => expect(readFileSync(join(desk.fixLogDir, 'LP-A', 'events.log'), 'latin1')).toContain('are wrong'), WAIT);
  const kept = [
    ...['fix.log', 'events.log'].map((name) => readFileSync(join(desk.fixLogDir, 'LP-A', name), 'latin1')),
    JSON.stringify(await database.sql(`SELECT lp::text, encode(secret_tags, 'escape') FROM "vfx_LPProviderConfig" lp`)),
    JSON.stringify(await database.sql('SELECT audit::text FROM vfxlp_audit audit')),
    JSON.stringify([await view(), desk.log]),
    (await desk.send('GET', '/api/v1/events?limit=100')).text,
  ];
  expect(kept.join('\n')).not.toContain('geheim');
});
