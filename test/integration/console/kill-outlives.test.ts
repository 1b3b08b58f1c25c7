import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { IncidentList, StoredIncident } from '../../../main/contracts/stored-incident.ts';
import { SimulatorProcess } from '../../simulator/simulator-process.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { ServedConsole, vfxlp } from '../cli/console-under-cli.ts';

const WAIT = { timeout: 20_000 };

let postgres: TestPostgres;
let database: TestDatabase;
let dataDir: string;
let lp: SimulatorProcess;
let desk: ServedConsole;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  [database, lp] = await Promise.all([postgres.createDatabase(), SimulatorProcess.start({ rate: 0 })]);
  dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-outlives-'));
  await database.sql(
    `INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host", "Port", "SenderCompID", "TargetCompID", "HeartBtInt", "SSL", session, desired)
     VALUES ('LP-A', '127.0.0.1', $1, 'VFXLP', 'LPSIM', 30, false, '{"logoutAckMs": 30000}', 'active')`,
    [lp.port],
  );
  desk = await ServedConsole.start(dataDir, database.url);
  await lp.until(({ loggedOn }) => loggedOn, 20_000);
});
afterEach(async () => {
  await desk.end('SIGKILL');
  await lp.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a console that dies before its kill has settled leaves the audit row and the incident with its evidence', async () => {
  await lp.fault({ kind: 'silent' });
  const pressed = (await desk.api('POST', '/lps/LP-A/kill', { reason: 'runaway' })) as { incident: { id: string } };
  // The Logout is out, and 30 s are to be waited for its answer.
  await expect.poll(async () => (await lp.state()).logouts.length, WAIT).toBeGreaterThan(0);
  // The kill has not waited for the disk; a console that dies before its disk has it leaves nothing.
  await expect.poll(() => readdirSync(join(dataDir, 'incidents')).filter((name) => name.endsWith('.json')), WAIT).toHaveLength(1);
  await desk.end('SIGKILL');

  desk = await ServedConsole.start(dataDir, database.url);
  await expect
    .poll(() => database.sql(`SELECT provider, reason, result FROM vfxlp_audit WHERE operation = 'kill'`), WAIT)
    .toEqual([{ provider: 'LP-A', reason: 'runaway', result: 'begun' }]);
  await expect
    .poll(async () => ((await desk.api('GET', '/incidents')) as IncidentList).incidents, WAIT)
    .toMatchObject([{ id: pressed.incident.id, by: 'admin', reason: 'runaway', lps: ['LP-A'], open: ['LP-A'] }]);
  const { stdout } = await vfxlp(dataDir, 'incident', pressed.incident.id);
  const [part, ...others] = JSON.parse(stdout) as StoredIncident[];
  expect(others).toEqual([]);
  expect(part).toMatchObject({
    incident: { lps: [{ provider: 'LP-A', outcome: 'not-confirmed' }] },
    evidence: [{ provider: 'LP-A', atPress: { nextIn: 2, nextOut: 2 } }],
  });
});

test('a kill that has settled has its numbers, its last messages and each step, whoever asks and whenever', async () => {
  const pressed = (await desk.api('POST', '/lps/LP-A/kill', { reason: 'runaway' })) as { incident: { id: string } };
  await expect
    .poll(async () => ((await desk.api('GET', '/incidents')) as IncidentList).incidents, WAIT)
    .toMatchObject([{ open: [] }]);
  await desk.end('SIGTERM');
  rmSync(dataDir, { recursive: true });
  desk = await ServedConsole.start(dataDir, database.url);
  expect((await vfxlp(dataDir, 'incidents')).stdout).toMatch(new RegExp(`${pressed.incident.id}.* confirmed +runaway`));
  const { parts } = (await desk.api('GET', `/incidents/${pressed.incident.id}`)) as { parts: StoredIncident[] };
  expect(parts[0]?.evidence[0]).toMatchObject({
    atPress: { nextIn: 2, nextOut: 2 },
    atEnd: { nextIn: 3, nextOut: 3 },
    gap: null,
  });
  const messages = parts[0]?.evidence[0]?.messages ?? [];
  expect(messages.map(({ direction, text }) => [direction, /\u000135=(.)/.exec(text)?.[1]])).toEqual([
    ['out', 'A'],
    ['in', 'A'],
    ['out', '5'],
    ['in', '5'],
  ]);
  expect(parts[0]?.incident.lps[0]?.log.filter(({ state }) => state === 'done').map(({ step }) => step)).toEqual(
    expect.arrayContaining(['latch', 'block-outbound', 'status-zero', 'logout', 'socket-destroyed', 'engine-stopped']),
  );
});
