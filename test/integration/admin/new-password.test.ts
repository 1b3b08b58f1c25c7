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

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  lp = await Counterparty.listen();
  database = await postgres.createDatabase();
  desk = await startTestConsole(database);
});
afterEach(async () => {
  await desk.close();
  await database.drop();
  await lp.end();
});

const logFile = (name: string) => readFileSync(join(desk.fixLogDir, 'LP-A', name), 'utf8');

/** Everything that is kept, logged or answered about the LP, as text. */
async function everywhere(): Promise<string> {
  const rows =
    await database.sql(`SELECT lp::text || coalesce(encode(password, 'escape'), '') || coalesce(encode(new_password, 'escape'), '')
    FROM "vfx_LPProviderConfig" lp`);
  const audit = await database.sql('SELECT audit::text FROM vfxlp_audit audit');
  const answers = await Promise.all(
    ['/api/v1/lps', '/api/v1/lps/LP-A', '/api/v1/events?limit=100'].map((path) => desk.send('GET', path)),
  );
  return [
    ...[rows, audit, desk.log].map((part) => JSON.stringify(part)),
    ...['fix.log', 'events.log'].map(logFile),
    ...answers.map(({ text }) => text),
  ].join('\n');
}

test('a new password is kept by a refusal and moved after a Logon; neither secret is anywhere in plain', async () => {
  const created = await desk.send('PUT', '/api/v1/lps/LP-A?actor=ops-1', {
    ...draft(lp.port),
    senderCompId: 'US',
    targetCompId: 'LP',
    retry: { baseMs: 50, logonBaseMs: 50 },
    username: 'desk',
    password: 'geheim-554',
    newPassword: 'geheim-925',
  });
  expect(created).toMatchObject({ json: { config: { hasPassword: true, hasNewPassword: true } } });
  await desk.send('POST', '/api/v1/lps/LP-A/activate', { reason: 'test', actor: 'ops-1' });
  const waiting = () => database.sql('SELECT new_password IS NOT NULL AS waiting, version FROM "vfx_LPProviderConfig"');

  const refused = await lp.hear('A');
  expect(refused.text).toContain('|553=desk|554=geheim-554|925=geheim-925|');
  lp.send('5', '58=geheim-554 and geheim-925 are refused|');
  const accepted = await lp.logOn();
  expect(accepted.text).toContain('|554=geheim-554|925=geheim-925|');
  await vi.waitFor(async () => expect(await waiting()).toEqual([{ waiting: false, version: 2 }]), WAIT);
  await vi.waitFor(async () => {
    expect(await desk.send('GET', '/api/v1/lps/LP-A')).toMatchObject({
      json: { lp: { state: { kind: 'logged-on' }, pendingConfig: false }, config: { hasPassword: true, hasNewPassword: false } },
    });
  }, WAIT);
  lp.drop();
  const next = await lp.logOn();
  expect(next.field(554)).toBe('geheim-925');
  expect(next.field(925)).toBeNull();

  await vi.waitFor(() => {
    expect(logFile('fix.log')).toContain('\x01553=desk\x01554=***\x01925=***\x01');
    expect(logFile('events.log')).toContain('NewPassword(925) was accepted');
  }, WAIT);
  const text = await everywhere();
  expect(text).toContain('are refused');
  expect(text).not.toContain('geheim');
});
