import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { closedPort, draft, startTestConsole, type TestConsole } from './test-console.ts';

const WAIT = { timeout: 20_000, interval: 50 };
const by = { reason: 'test of the API', actor: 'ops-1' };

let postgres: TestPostgres;
let database: TestDatabase;
let desk: TestConsole;
let port: number;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  port = await closedPort();
  database = await postgres.createDatabase();
  desk = await startTestConsole(database);
});
afterEach(async () => {
  await desk.close();
  await database.drop();
});

const killRow = { actor: 'admin (for ops-1)', source: 'api', operation: 'kill', provider: 'LP-A', reason: 'runaway orders' };
const audit = () => database.sql('SELECT actor, source, operation, provider, reason, result FROM vfxlp_audit ORDER BY id');
const put = (body: unknown = draft(port), provider = 'LP-A') => desk.send('PUT', `/api/v1/lps/${provider}?actor=ops-1`, body);
const act = (action: string, body: unknown = by, provider = 'LP-A') =>
  desk.send('POST', `/api/v1/lps/${provider}/${action}`, body);

describe('actions', () => {
  test('activate, deactivate: the engine runs and is gone, status and desired state follow', async () => {
    await put({ ...draft(port), retry: { baseMs: 60_000, capMs: 60_000 } });
    expect(await act('activate')).toMatchObject({ status: 200, json: { lp: { provider: 'LP-A' } } });
    await vi.waitFor(async () => {
      expect(await desk.send('GET', '/api/v1/lps/LP-A')).toMatchObject({
        json: { lp: { state: { kind: 'retry' }, status: 2, reason: { code: 'tcp-refused' } } },
      });
    }, WAIT);
    expect(await desk.send('DELETE', '/api/v1/lps/LP-A?actor=ops-1&reason=gone')).toMatchObject({
      status: 409,
      json: { error: { code: 'not-inactive' } },
    });
    expect(await act('deactivate')).toMatchObject({
      status: 200,
      json: { lp: { state: { kind: 'inactive' }, enginePid: null } },
    });
    await vi.waitFor(async () => {
      expect(await database.sql('SELECT status, desired FROM "vfx_LPProviderConfig"')).toEqual([
        { status: 0, desired: 'inactive' },
      ]);
    }, WAIT);
    expect(await audit()).toMatchObject([
      { operation: 'create' },
      { operation: 'activate', reason: by.reason, result: 'ok', actor: 'admin (for ops-1)' },
      { operation: 'delete', result: 'not-inactive' },
      { operation: 'deactivate', result: 'ok' },
    ]);
    const events = await desk.send('GET', '/api/v1/events?provider=LP-A&limit=50');
    expect(events.status).toBe(200);
    const texts = (events.json as { events: { provider: string; event: string; n: number }[] }).events;
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.every((event) => event.provider === 'LP-A')).toBe(true);
    expect(await desk.send('GET', '/api/v1/events?limit=1')).toMatchObject({ json: { events: [texts.at(-1)] } });
  });

  test('kill is latched, followed to its end, audited with its outcome; nothing but re-arming undoes it', async () => {
    await put();
    await act('activate');
    const killed = await act('kill', { ...by, reason: 'runaway orders' });
    expect(killed).toMatchObject({
      status: 202,
      json: { incident: { scope: 'lp', by: 'admin (for ops-1)', reason: 'runaway orders' } },
    });
    const { id } = (killed.json as { incident: { id: string } }).incident;
    await vi.waitFor(async () => {
      const answer = await desk.send('GET', `/api/v1/kills/${id}`);
      expect(answer).toMatchObject({
        status: 200,
        json: { incident: { id, lps: [{ provider: 'LP-A', outcome: 'confirmed' }] } },
      });
      const { steps } = (answer.json as { incident: { lps: { steps: { name: string; state: string }[] }[] } }).incident
        .lps[0] ?? { steps: [] };
      expect(steps.find((step) => step.name === 'audit-written')).toMatchObject({ state: 'done' });
    }, WAIT);
    expect(await act('activate')).toMatchObject({ status: 409, json: { error: { code: 'killed' } } });
    expect(await act('rearm', { ...by, typed: 'lp-a' })).toMatchObject({ status: 422, json: { error: { field: 'typed' } } });
    expect(await act('rearm', { ...by, typed: 'LP-A' })).toMatchObject({
      status: 200,
      json: { lp: { state: { kind: 'inactive' } } },
    });
    const rows = await audit();
    expect(rows.filter((row) => row['operation'] === 'kill')).toEqual([
      { ...killRow, result: 'begun' },
      { ...killRow, result: 'ok' },
    ]);
  });

  test('kill all asks for KILL', async () => {
    await put();
    await put({ ...draft(port), provider: 'LP-B' }, 'LP-B');
    expect(await desk.send('POST', '/api/v1/kill-all', { ...by, typed: 'kill' })).toMatchObject({ status: 422 });
    const answer = await desk.send('POST', '/api/v1/kill-all', { ...by, typed: 'KILL' });
    // A console that has not read the table yet has those not known yet in it, too.
    const both = ['LP-A', 'LP-B'].map((provider) => expect.objectContaining({ provider }));
    expect(answer).toMatchObject({ status: 202, json: { incident: { scope: 'all', lps: expect.arrayContaining(both) } } });
    await vi.waitFor(async () => {
      expect((await audit()).filter((row) => row['operation'] === 'kill-all')).toMatchObject([
        { result: 'typed-differs' },
        { result: 'begun', provider: null },
        { result: 'ok', provider: null },
      ]);
    }, WAIT);
    expect(await desk.send('GET', '/api/v1/lps')).toMatchObject({
      json: { lps: [{ state: { kind: 'killed' } }, { state: { kind: 'killed' } }] },
    });
  });

  test.each(['activate', 'deactivate', 'restart', 'kill', 'rearm'])('%s of an LP that is not there', async (action) => {
    const body = action === 'rearm' ? { ...by, typed: 'LP-A' } : by;
    expect(await act(action, body)).toMatchObject({ status: 404, json: { error: { code: 'unknown-provider' } } });
    await vi.waitFor(async () => expect(await audit()).toMatchObject([{ operation: action, result: 'unknown-provider' }]), WAIT);
  });

  test.each([
    ['an empty actor', { reason: 'x', actor: ' ' }],
    ['no reason', { actor: 'x' }],
    ['more than is asked', { ...by, force: true }],
    ['no body', undefined],
  ])('%s is refused', async (_name, body) => {
    await put();
    expect(await desk.send('POST', '/api/v1/lps/LP-A/kill', body)).toMatchObject({ status: 400 });
    expect(await desk.send('GET', '/api/v1/lps/LP-A')).toMatchObject({ json: { lp: { state: { kind: 'inactive' } } } });
  });
});

describe('without the database', () => {
  test('saving says so with 503, killing works', async () => {
    await put();
    await database.drop();
    await vi.waitFor(async () => {
      expect(await desk.send('GET', '/healthz')).toMatchObject({ status: 503, json: { parts: { database: { state: 'down' } } } });
    }, WAIT);
    const saved = await put();
    expect(saved).toMatchObject({ status: 503, json: { error: { kind: 'operational' } } });
    const started = performance.now();
    expect(await act('kill')).toMatchObject({ status: 202 });
    expect(performance.now() - started).toBeLessThan(1_000);
    database = await postgres.createDatabase();
  });
});
