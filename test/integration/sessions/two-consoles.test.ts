import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { identityOf } from '../../../main/database/console-identity.ts';
import { openDatabase } from '../../../main/database/database.ts';
import { holdConnection } from '../../../main/database/dedicated-connection.ts';
import { openOwnership } from '../../../main/database/ownership.ts';
import { watchConfig } from '../../../main/lp-config/config-watcher.ts';
import { LpRepository } from '../../../main/lp-config/lp-repository.ts';
import { createSecrets } from '../../../main/lp-config/secrets.ts';
import { openSessionStarts } from '../../../main/sessions/connect/session-starts.ts';
import { openLatchStore } from '../../../main/sessions/kill/latch-store.ts';
import { SessionManager } from '../../../main/sessions/session-manager.ts';
import { FakeLauncher } from '../../support/fake-engine.ts';
import { FakeTunnels } from '../../support/fake-tunnels.ts';
import { PlainLatchDisk } from '../../support/plain-latch-disk.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

/** The Session Manager on the real store, notices and locks; the engines are fakes. */
interface Desk {
  readonly host: string;
  readonly manager: SessionManager;
  readonly launcher: FakeLauncher;
  readonly repository: LpRepository;
  close(): Promise<void>;
}

let postgres: TestPostgres;
let db: TestDatabase;
const desks: Desk[] = [];
const dirs: string[] = [];

function openDesk(host: string, dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-desk-'))): Desk {
  dirs.push(dataDir);
  const database = openDatabase(db.url, systemClock);
  const watcher = watchConfig((use) => holdConnection(db.url, systemClock, use), systemClock);
  const ownership = openOwnership(db.url, systemClock, identityOf(dataDir, host));
  const repository = new LpRepository({
    database,
    secrets: createSecrets(Buffer.alloc(32, 1)),
    events: true,
    onChange: watcher.onChange,
  });
  const launcher = new FakeLauncher();
  const manager = new SessionManager({
    clock: systemClock,
    random: () => 0.1,
    store: repository,
    ownership,
    launcher,
    tunnels: new FakeTunnels(),
    latches: openLatchStore(dataDir, systemClock, new PlainLatchDisk(dataDir)),
    sessionStarts: openSessionStarts(dataDir),
    readMessages: async () => [],
    confirmation: { published: async () => 'off' },
    eventLog: { write: () => undefined },
    consoleHost: host,
    engineSettings: (config, credentials) => ({
      provider: config.provider,
      senderCompId: config.senderCompId,
      targetCompId: config.targetCompId,
      heartBtInt: config.heartBtInt,
      session: config.session,
      credentials,
      storeDir: dataDir,
      logDir: dataDir,
    }),
    databaseError: () => undefined,
    defect: (error) => {
      throw error;
    },
  });
  let closed = false;
  const desk: Desk = {
    host,
    manager,
    launcher,
    repository,
    close: async () => {
      if (closed) return;
      closed = true;
      await manager.stop();
      await ownership.close();
      await watcher.close();
      await database.close();
    },
  };
  desks.push(desk);
  return desk;
}
const state = (desk: Desk) => desk.manager.view('LP-A')?.state.kind;
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000, interval: 20 });
const row = async () => (await desks.at(-1)?.repository.get('LP-A')) ?? null;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.createDatabase();
  await db.sql(
    `INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host", "Port", "SenderCompID", "TargetCompID", desired)
     VALUES ('LP-A', '192.0.2.1', 9001, 'DESK', 'LPA', 'active')`,
  );
});
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
  await db.drop();
});

async function twoDesks(): Promise<[Desk, Desk]> {
  const a = openDesk('desk-a/1');
  await until(async () => {
    await a.manager.start();
    expect(state(a)).toBe('logged-on');
  });
  const b = openDesk('desk-b/2');
  await b.manager.start();
  await until(() => expect(state(b)).toBe('foreign'));
  return [a, b];
}

test('one console runs the LP; when it shuts down the other takes it over, and no status is false', async () => {
  const [a, b] = await twoDesks();
  expect(await row()).toMatchObject({ status: 1, owner: 'desk-a/1' });
  await a.close();
  await until(() => expect(state(b)).toBe('logged-on'));
  await until(async () => expect(await row()).toMatchObject({ status: 1, owner: 'desk-b/2', desired: 'active' }));
  const events = await db.sql('SELECT payload FROM vfxlp_outbox ORDER BY id');
  const statuses = events.map((event) => (event['payload'] as { newStatus: number }).newStatus);
  expect(statuses).toEqual([1, 0, 1]);
});

test('an UPDATE that sets it inactive and active again is acted on within a second each', async () => {
  const [a] = await twoDesks();
  const started = Date.now();
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'inactive'`);
  await until(() => expect(state(a)).toBe('inactive'));
  expect(Date.now() - started).toBeLessThan(1_000);
  await until(async () => expect(await row()).toMatchObject({ status: 0, owner: null }));
  const again = Date.now();
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'active'`);
  await until(() => expect(desks.map(state)).toContain('logged-on'));
  expect(Date.now() - again).toBeLessThan(1_000);
  await until(() => expect(desks.flatMap(({ launcher }) => launcher.alive())).toHaveLength(1));
});

test('a kill from the console that does not own it ends it at the owner, and a re-arm there frees both disks', async () => {
  const [a, b] = await twoDesks();
  const pressed = b.manager.kill(['LP-A'], 'lp', 'trader', 'runaway');
  if (!pressed.ok) throw new Error(pressed.error.message);
  const incident = await b.manager.killSettled(pressed.value.id);
  expect(incident.lps[0]?.outcome).toBe('confirmed');
  expect(a.launcher.alive()).toEqual([]);
  await until(() => expect(desks.map(state)).toEqual(['killed', 'killed']));
  await until(async () =>
    expect(await row()).toMatchObject({ status: 0, desired: 'inactive', owner: null, killed: { incidentId: incident.id } }),
  );
  await db.sql(`UPDATE "vfx_LPProviderConfig" SET desired = 'active'`);
  expect(await a.manager.activate('LP-A')).toMatchObject({ ok: false, error: { code: 'killed' } });

  expect(await a.manager.rearm('LP-A')).toEqual({ ok: true, value: null });
  await until(() => expect(desks.map(state)).toEqual(['inactive', 'inactive']));
  expect(await row()).toMatchObject({ killed: null, rearmed: [incident.id], desired: 'inactive', status: 0 });
  expect(await b.manager.activate('LP-A')).toEqual({ ok: true, value: null });
  await until(() => expect(state(b)).toBe('logged-on'));
  expect(desks.flatMap(({ launcher }) => launcher.alive())).toHaveLength(1);
});

test('a storm of switching by operators and by SQL at two consoles never runs it twice', async () => {
  const [a, b] = await twoDesks();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, desks.flatMap(({ launcher }) => launcher.alive()).length);
  }, 1);
  const asked: Promise<unknown>[] = [];
  for (let i = 0; i < 10; i += 1) {
    asked.push(a.manager.activate('LP-A'), b.manager.deactivate('LP-A', 'no'), b.manager.activate('LP-A'));
    asked.push(db.sql(`UPDATE "vfx_LPProviderConfig" SET desired = '${i % 2 === 0 ? 'inactive' : 'active'}'`));
  }
  await Promise.all(asked);
  expect(await a.manager.activate('LP-A')).toEqual({ ok: true, value: null });
  await until(() => expect(desks.map(state)).toContain('logged-on'));
  await until(async () => expect(await row()).toMatchObject({ desired: 'active', status: 1 }));
  clearInterval(watch);
  expect(most).toBe(1);
  expect(desks.map(state).sort()).toEqual(['foreign', 'logged-on']);
});
