import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WS_PATH, WS_PROTOCOL } from '../../../main/contracts/ipc.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { draft, startTestConsole, type TestConsole, TOKEN } from './test-console.ts';

let postgres: TestPostgres;
let database: TestDatabase;
let desk: TestConsole;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  database = await postgres.createDatabase();
  desk = await startTestConsole(database);
});
afterEach(async () => {
  await desk.close();
  await database.drop();
});

const audit = () => database.sql('SELECT actor, operation, result, detail FROM vfxlp_audit ORDER BY id');
const as = (token: string) => ({ authorization: `Bearer ${token}` });

async function tokenFor(name: string, role: string): Promise<string> {
  const { status, json } = await desk.send('POST', '/api/v1/tokens', { name, role, expiresInDays: 1 });
  expect(status).toBe(201);
  return (json as { token: string }).token;
}

test('an admin makes, lists and revokes tokens, each audited, and no list or audit has a token', async () => {
  const token = await tokenFor('risk-engine', 'operator');
  const listed = await desk.send('GET', '/api/v1/tokens');
  expect(listed.json).toMatchObject({
    tokens: [
      { name: 'admin', role: 'admin' },
      { name: 'risk-engine', role: 'operator' },
    ],
  });
  expect(await desk.send('GET', '/api/v1/lps', undefined, as(token))).toMatchObject({ status: 200 });
  expect(await desk.send('DELETE', '/api/v1/tokens/risk-engine')).toMatchObject({ status: 204 });
  expect(await desk.send('GET', '/api/v1/lps', undefined, as(token))).toMatchObject({ status: 401 });
  expect(await desk.send('DELETE', '/api/v1/tokens/risk-engine')).toMatchObject({ status: 404 });
  const rows = await audit();
  expect(rows).toMatchObject([
    { actor: 'admin', operation: 'token-create', result: 'ok', detail: expect.stringContaining('risk-engine, operator, until ') },
    { operation: 'token-revoke', result: 'ok', detail: 'risk-engine' },
    { operation: 'token-revoke', result: 'unknown-token' },
  ]);
  expect(JSON.stringify(rows) + listed.text + JSON.stringify(desk.log)).not.toContain(token);
});

test('a role is what its holder may do over HTTP, and the audit has the name of the token beside the claimed one', async () => {
  await desk.send('PUT', '/api/v1/lps/LP-A', draft(1));
  const viewer = as(await tokenFor('screen', 'viewer'));
  const operator = as(await tokenFor('trader', 'operator'));
  const body = { reason: 'x\u202Ey', actor: 'admin\nforged' };
  const refused = { status: 403, json: { error: { code: 'forbidden' } } };
  expect(await desk.send('GET', '/api/v1/lps/LP-A', undefined, viewer)).toMatchObject({ status: 200 });
  expect(await desk.send('POST', '/api/v1/lps/LP-A/kill', body, viewer)).toMatchObject(refused);
  expect(await desk.send('PUT', '/api/v1/lps/LP-A', draft(2), operator)).toMatchObject(refused);
  expect(await desk.send('POST', '/api/v1/tokens', { name: 'mine', role: 'admin' }, operator)).toMatchObject(refused);
  expect(await desk.send('GET', '/api/v1/tokens', undefined, operator)).toMatchObject(refused);
  expect(await desk.send('POST', '/api/v1/lps/LP-A/deactivate', body, operator)).toMatchObject({ status: 200 });
  expect((await audit()).slice(3)).toMatchObject([
    { actor: 'screen (for admin forged)', operation: 'kill', result: 'forbidden' },
    { actor: 'trader', operation: 'save', result: 'forbidden' },
    { actor: 'trader', operation: 'token-create', result: 'forbidden' },
    { actor: 'trader (for admin forged)', operation: 'deactivate', result: 'ok' },
  ]);
});

test('a role is what its holder may do over a WebSocket', async () => {
  const token = await tokenFor('screen', 'viewer');
  const socket = new WebSocket(`ws://127.0.0.1:${desk.port}${WS_PATH}`, [WS_PROTOCOL, `token.${token}`]);
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, channel: 'lp.kill-all', args: { reason: 'x', typed: 'KILL' } }));
  const answer = await new Promise((resolve) =>
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as { id?: number };
      if (frame.id === 1) resolve(frame);
    }),
  );
  expect(answer).toMatchObject({ result: { ok: false, error: { code: 'forbidden' } } });
  await desk.send('DELETE', '/api/v1/tokens/screen');
  await once(socket, 'close');
});

test('wrong tokens leave a trace, and slow nobody who has the right one', async () => {
  await Promise.all(Array.from({ length: 30 }, (_, i) => desk.send('GET', '/api/v1/lps', undefined, as(`wrong-${i}`))));
  const startedAtMs = Date.now();
  expect((await desk.send('GET', '/metrics', undefined, as(TOKEN))).text).toContain('vfxlp_admin_refused_tokens_total 30');
  expect(Date.now() - startedAtMs).toBeLessThan(900);
  expect(desk.log.filter(({ msg }) => msg === 'Wrong token')).toMatchObject([{ from: '127.0.0.1' }]);
});
