import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { processStart } from '../../../main/base/process-start.ts';
import type { LpView } from '../../../main/contracts/lp-view.ts';
import { SimulatorProcess } from '../../simulator/simulator-process.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { type Said, ServedConsole, vfxlp } from './console-under-cli.ts';

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
  dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-cli-'));
  await database.sql(
    `INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host", "Port", "SenderCompID", "TargetCompID", "HeartBtInt", "SSL")
     VALUES ('LP-A', '127.0.0.1', $1, 'VFXLP', 'LPSIM', 30, false)`,
    [lp.port],
  );
  desk = await ServedConsole.start(dataDir, database.url);
  await expect
    .poll(async () => (await desk.api('GET', '/lps')) as object, { timeout: 15_000 })
    .toMatchObject({ lps: [{ provider: 'LP-A' }] });
});
afterEach(async () => {
  await desk.end('SIGKILL');
  await lp.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function view(): Promise<LpView> {
  const { lps } = (await desk.api('GET', '/lps')) as { lps: readonly LpView[] };
  const [first] = lps;
  if (first === undefined) throw new Error('there is no LP');
  return first;
}

async function logOn(): Promise<void> {
  expect(await vfxlp(dataDir, 'activate', 'LP-A')).toMatchObject({ status: 0 });
  await lp.until(({ loggedOn }) => loggedOn);
}

it('activates, tells the status, kills, re-arms and deactivates by the console', async () => {
  await logOn();
  await expect.poll(async () => (await view()).status, { timeout: 15_000 }).toBe(1);
  const { status, json } = await vfxlp(dataDir, 'status', '--json');
  expect(status).toBe(0);
  expect(json).toMatchObject({ lps: [{ provider: 'LP-A', status: 1, state: { kind: 'logged-on' } }] });
  expect((await vfxlp(dataDir, 'lp', 'LP-A')).stdout).toContain('VFXLP → LPSIM');

  const kill = await vfxlp(dataDir, 'kill', 'LP-A', '--reason', 'wrong prices', '--json', '--wait', '20000');
  expect(kill).toMatchObject({ status: 0, json: { how: 'console', incident: { reason: 'wrong prices' } } });
  expect(await lp.state()).toMatchObject({ loggedOn: false, logouts: [{ direction: 'in' }, { direction: 'out' }] });
  expect((await vfxlp(dataDir, 'activate', 'LP-A')).status).toBe(1);

  expect(await vfxlp(dataDir, 'rearm', 'LP-A', '--reason', 'prices are right')).toMatchObject({ status: 0 });
  await logOn();
  expect(await vfxlp(dataDir, 'deactivate', 'LP-A')).toMatchObject({ status: 0 });
  expect((await lp.state()).loggedOn).toBe(false);
});

it('says what is wrong, by its exit status too', async () => {
  expect(await vfxlp(dataDir, 'kill', 'LP-A')).toMatchObject({ status: 2, stderr: expect.stringContaining('--reason') });
  expect(await vfxlp(dataDir, 'kill', 'LP-Z', '--reason', 'x', '--wait', '20000')).toMatchObject({ status: 1 });
  expect((await vfxlp(dataDir, 'doctor')).stdout).toContain('answers, and takes the token');
  await desk.end('SIGTERM');
  expect(await vfxlp(dataDir, 'status')).toMatchObject({ status: 4, stderr: expect.stringContaining('No console runs') });
});

it('makes, lists and revokes tokens by the console, and on its files while none runs, in the audit both times', async () => {
  const made = await vfxlp(dataDir, 'token', 'create', 'risk', '--role', 'operator', '--days', '7', '--json');
  expect(made).toMatchObject({ status: 0, json: { info: { name: 'risk', role: 'operator' } } });
  const tokenOf = ({ json }: Said) => (json as { token: string }).token;
  const use = (token: string) =>
    fetch(`${desk.adminUrl}/api/v1/lps`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status);
  expect(await use(tokenOf(made))).toBe(200);
  expect(await vfxlp(dataDir, 'token', 'create', 'risk', '--role', 'viewer')).toMatchObject({ status: 1 });
  expect((await vfxlp(dataDir, 'token')).stdout).toContain(`${desk.adminUrl}/#token=`);
  await desk.end('SIGTERM');

  const offline = await vfxlp(dataDir, 'token', 'create', 'screen', '--role', 'viewer', '--never', '--json');
  expect(offline.status).toBe(0);
  expect(await vfxlp(dataDir, 'token', 'revoke', 'risk')).toMatchObject({ status: 0 });
  expect(await vfxlp(dataDir, 'token', 'revoke', 'risk')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('no token named'),
  });
  expect((await vfxlp(dataDir, 'token', 'list')).stdout).toMatch(/screen +viewer .*never/);

  desk = await ServedConsole.start(dataDir, database.url);
  expect(await use(tokenOf(offline))).toBe(200);
  expect(await use(tokenOf(made))).toBe(401);
  expect((await vfxlp(dataDir, 'token', 'list')).stdout).toMatch(/admin +admin .*\nscreen +viewer/);
  await expect
    .poll(() => database.sql(`SELECT operation, detail, result FROM vfxlp_audit ORDER BY id`), { timeout: 15_000 })
    .toMatchObject([
      { operation: 'token-create', detail: expect.stringContaining('risk, operator') },
      { operation: 'token-create', result: 'token-exists' },
      { operation: 'token-create', detail: 'screen, viewer, does not expire', result: 'ok' },
      { operation: 'token-revoke', detail: 'risk' },
    ]);
  expect(await vfxlp(dataDir, 'token', 'create', 'x')).toMatchObject({ status: 2 });
});

it('kills within a second while the console is stopped, and the LP stays killed when it wakes and when it starts again', async () => {
  await logOn();
  await expect.poll(async () => (await view()).status, { timeout: 15_000 }).toBe(1);
  const { enginePid } = await view();
  // What this machine takes only to start a program is not the kill's.
  const helpAt = performance.now();
  await vfxlp(dataDir, '--help');
  const startMs = performance.now() - helpAt;
  desk.child.kill('SIGSTOP');

  const startedAt = performance.now();
  const killing = vfxlp(dataDir, 'kill', 'LP-A', '--reason', 'console hangs', '--json');
  await lp.until(({ connected }) => !connected, 5_000);
  expect(performance.now() - startedAt).toBeLessThan(startMs + 1_000);
  expect((await lp.state()).logouts[0]).toMatchObject({ direction: 'in' });
  const killed = await killing;
  expect(killed).toMatchObject({
    status: 0,
    json: { how: 'without-console', latched: true, processes: [{ kind: 'engine', pid: enginePid, how: 'asked' }] },
  });
  expect(JSON.parse(readFileSync(join(dataDir, 'kill-latches.json'), 'utf8'))).toMatchObject({
    'LP-A': { reason: 'console hangs' },
  });

  desk.child.kill('SIGCONT');
  await expect.poll(async () => (await view()).state.kind, { timeout: 15_000 }).toBe('killed');
  await expect
    .poll(() => database.sql(`SELECT status, kill_reason FROM "vfx_LPProviderConfig"`), { timeout: 15_000 })
    .toMatchObject([{ status: 0, kill_reason: 'console hangs' }]);

  await desk.end('SIGKILL');
  desk = await ServedConsole.start(dataDir, database.url);
  await expect.poll(async () => (await view()).state.kind, { timeout: 15_000 }).toBe('killed');
  expect(await lp.state()).toMatchObject({ connected: false, logons: 1 });
});

it('ends an engine that does not listen by SIGKILL, and the latch holds for a console that starts after that', async () => {
  await logOn();
  const { enginePid } = await view();
  if (enginePid === null) throw new Error('no engine runs');
  desk.child.kill('SIGSTOP');
  process.kill(enginePid, 'SIGSTOP');
  const killed = await vfxlp(dataDir, 'kill', '--all', '--reason', 'everything hangs', '--json');
  expect(killed).toMatchObject({ status: 0, json: { latched: true, processes: [{ pid: enginePid, how: 'forced' }] } });
  expect((await lp.state()).connected).toBe(false);

  await desk.end('SIGKILL');
  expect(processStart(enginePid)).toBeNull();
  desk = await ServedConsole.start(dataDir, database.url);
  await expect.poll(async () => (await view()).state.kind, { timeout: 15_000 }).toBe('killed');
});
