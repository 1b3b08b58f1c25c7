import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import type { LpKill } from '../../../main/contracts/kill.ts';
import type { StoredIncident } from '../../../main/contracts/stored-incident.ts';
import { type Database, DatabaseAway, openDatabase } from '../../../main/database/database.ts';
import { IncidentLog } from '../../../main/database/incident-log.ts';
import { IncidentSpool } from '../../../main/database/incident-spool.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

const WAIT = { timeout: 15_000, interval: 50 };

let postgres: TestPostgres;
let db: TestDatabase;
let database: Database;
let folder: string;
let away: boolean;
let log: IncidentLog;
let errors: string[];

const open = () => {
  const query: Database['query'] = (text, values) =>
    away ? Promise.reject(new DatabaseAway('no connection')) : database.query(text, values);
  return new IncidentLog({ ...database, query }, new IncidentSpool(folder), systemClock, (error, what) =>
    errors.push(`${what} ${String(error)}`),
  );
};

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  db = await postgres.createDatabase();
  database = openDatabase(db.url, systemClock);
  folder = mkdtempSync(join(tmpdir(), 'vfxlp-incidents-'));
  away = false;
  errors = [];
  log = open();
});
afterEach(async () => {
  away = true;
  await log.close();
  await database.close();
  await db.drop();
  rmSync(folder, { recursive: true });
});

const lp = (provider: string, outcome: LpKill['outcome']): LpKill => ({ provider, outcome, steps: [], log: [] });
const kill = (id: string, outcome: LpKill['outcome'], console = 'desk/1', startedAtMs = 1_000): StoredIncident => ({
  console,
  incident: { id, scope: 'lp', by: 'trader', reason: 'a\0 \uD800', startedAtMs, lps: [lp('LP-A', outcome)] },
  evidence: [],
});
const rows = () => db.sql('SELECT incident_id, console, summary FROM vfxlp_incidents ORDER BY started_at, console');
const files = () => readdirSync(folder).filter((name) => name.endsWith('.json'));

test('a kill is on the disk and in the table while it runs, and in the table alone when it is over', async () => {
  log.save(kill('../one', 'running'));
  await vi.waitFor(async () => expect([await rows(), files()]).toMatchObject([[{ summary: { open: ['LP-A'] } }], [{}]]), WAIT);
  log.save(kill('../one', 'confirmed'));
  await vi.waitFor(async () => expect([await rows(), files()]).toMatchObject([[{ summary: { open: [] } }], []]), WAIT);
  expect(await log.get('../one')).toMatchObject([{ console: 'desk/1', incident: { reason: 'a\uFFFD \uFFFD' } }]);
  expect(await log.get('two')).toEqual([]);
});

test('while the database is away a kill is listed and exported from what waits, and goes to the table afterwards', async () => {
  log.save(kill('one', 'confirmed'));
  await vi.waitFor(async () => expect(await rows()).toHaveLength(1), WAIT);
  away = true;
  log.save(kill('two', 'confirmed', 'desk/1', 2_000));
  await vi.waitFor(() => expect(files()).toHaveLength(1), WAIT);
  expect(await log.list(10)).toMatchObject({ complete: false, incidents: [{ id: 'two' }] });
  expect(await log.get('two')).toHaveLength(1);
  await expect(log.get('one')).rejects.toThrow('no connection');
  away = false;
  await vi.waitFor(async () => expect([await rows(), files()]).toMatchObject([[{}, {}], []]), WAIT);
  expect(await log.list(10)).toMatchObject({ complete: true, incidents: [{ id: 'two' }, { id: 'one' }] });
  expect((await log.list(1)).incidents).toHaveLength(1);
});

test('what a console left that died during a kill is not confirmed, and is in the table after the next start', async () => {
  away = true;
  log.save(kill('one', 'running'));
  await vi.waitFor(() => expect(files()).toHaveLength(1), WAIT);
  writeFileSync(join(folder, 'damaged.json'), '{"console":');
  await log.close();
  away = false;
  log = open();
  expect(errors.some((what) => what.includes('damaged.json cannot be read'))).toBe(true);
  await vi.waitFor(async () => expect(await rows()).toMatchObject([{ console: 'desk/1', summary: { open: ['LP-A'] } }]), WAIT);
  expect((await log.get('one'))[0]?.incident.lps).toMatchObject([
    { outcome: 'not-confirmed', log: [{ text: 'the console ended before this kill had settled' }] },
  ]);
  await vi.waitFor(() => expect(files()).toEqual(['damaged.json']), WAIT);
  expect(readFileSync(join(folder, 'damaged.json'), 'utf8')).toBe('{"console":');
});

test('each console has its part of a kill, and one that the database refuses holds up no other', async () => {
  await db.sql(`ALTER TABLE vfxlp_incidents ADD CONSTRAINT not_this CHECK (console <> 'desk/2')`);
  log.save(kill('one', 'confirmed', 'desk/2'));
  log.save(kill('one', 'confirmed', 'desk/3'));
  await vi.waitFor(async () => expect(await rows()).toMatchObject([{ console: 'desk/3' }]), WAIT);
  expect((await log.get('one')).map((part) => part.console).sort()).toEqual(['desk/2', 'desk/3']);
});
