import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { closedPort, draft, startTestConsole, type TestConsole, TOKEN } from './test-console.ts';

const WAIT = { timeout: 20_000, interval: 50 };

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

const audit = () => database.sql('SELECT actor, source, operation, provider, reason, result FROM vfxlp_audit ORDER BY id');
const put = (body: unknown = draft(port), provider = 'LP-A') => desk.send('PUT', `/api/v1/lps/${provider}?actor=ops-1`, body);

describe('who gets in', () => {
  const paths = ['/api/v1/lps', '/api/v1/lps/LP-A', '/api/v1/events', '/api/v1/openapi.json', '/metrics'];

  test.each(paths)('%s asks for the token', async (path) => {
    for (const authorization of [undefined, 'Bearer wrong', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, 'Bearer']) {
      const answer = await desk.send('GET', path, undefined, { authorization });
      expect(answer.status).toBe(401);
      expect(answer.json).toEqual({ error: { kind: 'user', code: 'unauthorized', message: expect.any(String) } });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.text).not.toContain(TOKEN);
    }
  });

  test('nothing is done without the token', async () => {
    const answer = await desk.send('PUT', '/api/v1/lps/LP-A?actor=x', draft(port), { authorization: undefined });
    expect(answer.status).toBe(401);
    expect(await database.sql('SELECT 1 FROM "vfx_LPProviderConfig"')).toEqual([]);
  });

  test.each(['evil.example', 'evil.example:80', 'localhost.evil.example'])('Host %s is refused everywhere', async (host) => {
    for (const path of ['/', '/healthz', '/api/v1/lps', '/metrics']) {
      const answer = await desk.send('GET', path, undefined, { host });
      expect(answer).toMatchObject({ status: 403, json: { error: { code: 'bad-host' } } });
    }
  });

  test('health needs no token, names the parts, and neither host, folder nor LP', async () => {
    await vi.waitFor(async () => {
      const answer = await desk.send('GET', '/healthz', undefined, { authorization: undefined });
      expect(answer).toMatchObject({
        status: 200,
        json: { status: 'ok', parts: { database: { state: 'ok' }, nats: { state: 'off' } } },
      });
      expect(JSON.stringify(answer.json)).not.toContain('"text"');
    }, WAIT);
  });
});

describe('configuration', () => {
  test('PUT creates, GET reads, PUT saves, DELETE removes, each audited', async () => {
    const created = await put({ ...draft(port), username: 'desk', password: 'geheim-554' });
    expect(created).toMatchObject({
      status: 201,
      json: { config: { provider: 'LP-A', hasPassword: true, version: 1 }, applies: 'now' },
    });
    expect(await desk.send('GET', '/api/v1/lps')).toMatchObject({
      status: 200,
      json: { lps: [{ provider: 'LP-A', state: { kind: 'inactive' }, status: 0 }] },
    });
    const saved = await put({ ...draft(port), heartBtInt: 5 });
    expect(saved).toMatchObject({
      status: 200,
      json: { config: { heartBtInt: 5, version: 2, hasPassword: true }, applies: 'now' },
    });
    const read = await desk.send('GET', '/api/v1/lps/LP-A');
    expect(read).toMatchObject({ status: 200, json: { lp: { heartBtInt: 5 }, config: { username: 'desk', heartBtInt: 5 } } });
    for (const { text } of [created, saved, read]) expect(text).not.toMatch(/geheim|"password"/);

    expect(await desk.send('DELETE', '/api/v1/lps/LP-A?actor=ops-1&reason=gone')).toMatchObject({ status: 204, text: '' });
    expect(await desk.send('GET', '/api/v1/lps/LP-A')).toMatchObject({
      status: 404,
      json: { error: { code: 'unknown-provider' } },
    });
    expect(await audit()).toEqual([
      { actor: 'admin (for ops-1)', source: 'api', operation: 'create', provider: 'LP-A', reason: null, result: 'ok' },
      { actor: 'admin (for ops-1)', source: 'api', operation: 'save', provider: 'LP-A', reason: null, result: 'ok' },
      { actor: 'admin (for ops-1)', source: 'api', operation: 'delete', provider: 'LP-A', reason: 'gone', result: 'ok' },
    ]);
  });

  test('a rule that is broken is answered with the column', async () => {
    expect(await put({ ...draft(port), heartBtInt: 0 })).toMatchObject({
      status: 422,
      json: { error: { kind: 'user', code: 'config-invalid', field: 'HeartBtInt' } },
    });
    expect(await put({ ...draft(70_000) })).toMatchObject({ status: 422, json: { error: { field: 'Port' } } });
    expect(await audit()).toMatchObject([{ operation: 'create', result: 'config-invalid' }, { result: 'config-invalid' }]);
  });

  test.each([
    ['a port that is text', { port: '9876' }, 'Port'],
    ['a key that is unknown', { colour: 'red' }, 'colour'],
    ['a nested key that is unknown', { retry: { typo: 1 } }, 'retry.typo'],
    ['an actor in the body', { actor: 'x' }, 'actor'],
  ])('%s is refused at the door', async (_name, wrong, field) => {
    const answer = await put({ ...draft(port), ...wrong });
    expect(answer).toMatchObject({ status: 400, json: { error: { kind: 'user', code: 'bad-arguments' } } });
    expect((answer.json as { error: { field?: string } }).error.field).toBe(field);
  });

  test('a password that is refused is not in the answer or the log', async () => {
    const answer = await put({ ...draft(port), password: 'geheim\u0001554' });
    expect(answer.status).toBe(422);
    expect(answer.text + JSON.stringify(desk.log)).not.toContain('geheim');
  });

  test('the path is the name of the LP', async () => {
    const { provider: _provider, ...body } = draft(port);
    expect(await put(body, 'LP-B')).toMatchObject({ status: 201, json: { config: { provider: 'LP-B' } } });
    expect(await put(draft(port), 'LP-C')).toMatchObject({ status: 422, json: { error: { code: 'provider-differs' } } });
    for (const name of ['..%2Fetc', '..', 'a%20b', 'x'.repeat(65)]) {
      expect((await put(body, name)).status).toBeGreaterThanOrEqual(400);
    }
    expect(await database.sql('SELECT "Provider" FROM "vfx_LPProviderConfig"')).toEqual([{ Provider: 'LP-B' }]);
  });

  test('what is not JSON, too large or on no path', async () => {
    const type = { 'content-type': 'text/plain' };
    expect(await desk.send('PUT', '/api/v1/lps/LP-A?actor=x', 'x', type)).toMatchObject({
      status: 415,
      json: { error: { code: 'bad-request' } },
    });
    const large = { ...draft(port), host: 'x'.repeat(1_100_000) };
    expect(await put(large)).toMatchObject({ status: 413, json: { error: { code: 'bad-request' } } });
    expect(await desk.send('GET', '/api/v1/nothing')).toMatchObject({ status: 404, json: { error: { code: 'unknown-path' } } });
  });
});

describe('metrics', () => {
  test('are in the Prometheus format, and a deleted LP leaves none behind', async () => {
    await put();
    const answer = await desk.send('GET', '/metrics');
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.text).toContain('vfxlp_lps{state="inactive"} 1');
    expect(answer.text).toContain('vfxlp_lp_status{provider="LP-A"} 0');
    expect(answer.text).toContain('vfxlp_part_up{part="database"} 1');
    expect(answer.text).not.toContain('vfxlp_part_up{part="nats"}');
    await desk.send('DELETE', '/api/v1/lps/LP-A?actor=ops-1&reason=gone');
    expect((await desk.send('GET', '/metrics')).text).not.toContain('LP-A');
  });
});

describe('the OpenAPI document', () => {
  test('is 3.1, has every route, and no answer has a password', async () => {
    const { status, json } = await desk.send('GET', '/api/v1/openapi.json');
    expect(status).toBe(200);
    const document = json as { openapi: string; paths: Record<string, Record<string, { responses: unknown }>> };
    expect(document.openapi).toMatch(/^3\.1\./);
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'delete /api/v1/lps/{provider}',
      'delete /api/v1/tokens/{name}',
      'get /api/v1/events',
      'get /api/v1/incidents',
      'get /api/v1/incidents/{id}',
      'get /api/v1/kills/{id}',
      'get /api/v1/lps',
      'get /api/v1/lps/{provider}',
      'get /api/v1/refused-writes',
      'get /api/v1/tokens',
      'get /healthz',
      'get /metrics',
      'post /api/v1/kill-all',
      'post /api/v1/lps/{provider}/activate',
      'post /api/v1/lps/{provider}/deactivate',
      'post /api/v1/lps/{provider}/kill',
      'post /api/v1/lps/{provider}/rearm',
      'post /api/v1/lps/{provider}/restart',
      'post /api/v1/lps/{provider}/take-over',
      'post /api/v1/refused-writes/discard',
      'post /api/v1/refused-writes/retry',
      'post /api/v1/tokens',
      'put /api/v1/lps/{provider}',
    ]);
    for (const methods of Object.values(document.paths)) {
      for (const { responses } of Object.values(methods)) expect(JSON.stringify(responses)).not.toContain('"password"');
    }
    expect(JSON.stringify(document.paths['/api/v1/lps/{provider}']?.['put'])).toContain('heartBtInt');
  });
});

describe('the browser console', () => {
  test('is served without a token, under a strict policy', async () => {
    const page = await desk.send('GET', '/', undefined, { authorization: undefined });
    expect(page).toMatchObject({ status: 200, text: '<!doctype html><title>VFXLP</title>' });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${desk.port}`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-cache',
    });
    const script = await desk.send('GET', '/assets/index-1a2b3c.js');
    expect(script.headers['content-type']).toContain('javascript');
    expect(script.headers['cache-control']).toContain('immutable');
  });

  test.each(['/../console.log', '/..%2f..%2fetc%2fpasswd', '/%2e%2e/secret-key', '/logs/console.log'])(
    '%s is not served',
    async (path) => {
      const answer = await desk.send('GET', path);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    },
  );

  test('API answers are not kept by caches', async () => {
    expect((await desk.send('GET', '/api/v1/lps')).headers['cache-control']).toBe('no-store');
  });
});

test('a save that names a version is refused with 412 when a newer one is stored, and told which', async () => {
  const { headers } = await put({ ...draft(port), heartBtInt: 31 });
  const etag = String(headers['etag']);
  expect(etag).toMatch(/^"\d+"$/);
  await put({ ...draft(port), heartBtInt: 32 });
  const save = (match: string) =>
    desk.send('PUT', '/api/v1/lps/LP-A?actor=ops-1', { ...draft(port), heartBtInt: 33 }, { 'if-match': match });
  const refused = await save(etag);
  expect(refused).toMatchObject({ status: 412, json: { error: { code: 'config-changed' } } });
  const newer = String(refused.headers['etag']);
  expect(newer).not.toBe(etag);
  expect(await save('7')).toMatchObject({ status: 400 });
  expect(await save(newer)).toMatchObject({ status: 200, json: { config: { heartBtInt: 33 } } });
});
