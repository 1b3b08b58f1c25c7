import { once } from 'node:events';
import { appendFileSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type RequestChannel, type ServerFrame, WS_PATH, WS_PROTOCOL } from '../../../main/contracts/ipc.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { draft, startTestConsole, type TestConsole, TOKEN } from './test-console.ts';

const WAIT = { timeout: 10_000, interval: 20 };

let postgres: TestPostgres;
let database: TestDatabase;
let desk: TestConsole;
const open: WebSocket[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  database = await postgres.createDatabase();
  desk = await startTestConsole(database);
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  await desk.close();
  await database.drop();
});

interface Tab {
  readonly socket: WebSocket;
  readonly frames: ServerFrame[];
  request(channel: RequestChannel, args: unknown): Promise<{ ok: boolean; value?: unknown; error?: unknown }>;
  pushes<T>(name: string): T[];
}

async function openTab(): Promise<Tab> {
  const socket = dial();
  await once(socket, 'open');
  const frames: ServerFrame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  let id = 0;
  return {
    socket,
    frames,
    async request(channel, args) {
      const mine = ++id;
      socket.send(JSON.stringify({ id: mine, channel, args }));
      return vi.waitFor(() => {
        const answer = frames.find((frame) => 'id' in frame && frame.id === mine);
        if (answer === undefined || !('result' in answer)) throw new Error(`no answer to ${channel} yet`);
        return answer.result;
      }, WAIT);
    },
    pushes: <T>(name: string) => frames.flatMap((frame) => ('push' in frame && frame.push === name ? [frame.payload as T] : [])),
  };
}

function dial(
  protocols: string[] = [WS_PROTOCOL, `token.${TOKEN}`],
  headers: Record<string, string> = {},
  path: string = WS_PATH,
) {
  const socket = new WebSocket(`ws://127.0.0.1:${desk.port}${path}`, protocols, { headers });
  open.push(socket);
  return socket;
}

/** HTTP status with which an upgrade is refused. */
async function refusal(socket: WebSocket): Promise<number | undefined> {
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  return response.statusCode;
}

test('the protocol is selected, never the token', async () => {
  const { socket } = await openTab();
  expect(socket.protocol).toBe(WS_PROTOCOL);
});

test('who may not connect is refused before there is a WebSocket', async () => {
  expect(await refusal(dial([WS_PROTOCOL]))).toBe(401);
  expect(await refusal(dial([WS_PROTOCOL, 'token.wrong']))).toBe(401);
  expect(await refusal(dial([WS_PROTOCOL, `token.${TOKEN}x`]))).toBe(401);
  expect(await refusal(dial([`token.${TOKEN}`]))).toBe(400);
  const right = [WS_PROTOCOL, `token.${TOKEN}`];
  expect(await refusal(dial(right, { origin: 'http://evil.example' }))).toBe(403);
  expect(await refusal(dial(right, { origin: `http://127.0.0.1:${desk.port + 1}` }))).toBe(403);
  expect(await refusal(dial(right, { host: 'evil.example' }))).toBe(403);
  expect(await refusal(dial(right, {}, '/other'))).toBe(404);
});

test('the page of this console connects', async () => {
  const socket = dial([WS_PROTOCOL, `token.${TOKEN}`], { origin: `http://127.0.0.1:${desk.port}` });
  await once(socket, 'open');
});

test('requests are answered, arguments are checked, the audit has the browser', async () => {
  const tab = await openTab();
  expect(await tab.request('console.snapshot', {})).toMatchObject({ ok: true, value: { lps: [], version: '0.0.0-test' } });
  const created = await tab.request('lp.create', { draft: { ...draft(9_876), password: 'geheim' } });
  expect(created).toMatchObject({ ok: true, value: { provider: 'LP-A', hasPassword: true } });
  expect(await tab.request('lp.config', { provider: 'LP-A' })).toMatchObject({ ok: true, value: { port: 9_876 } });
  expect(await tab.request('lp.save', { draft: { ...draft(9_876), port: 'many' } })).toMatchObject({
    ok: false,
    error: { kind: 'user', code: 'bad-arguments', field: 'Port' },
  });
  expect(await tab.request('lp.save', { draft: draft(0) })).toMatchObject({ error: { code: 'config-invalid', field: 'Port' } });
  expect(await tab.request('lp.kill', { provider: 'LP-A', reason: 'x', force: true })).toMatchObject({
    error: { code: 'bad-arguments' },
  });
  expect(await tab.request('fixlog.open', { provider: '../../etc', lines: 1, filter: null })).toMatchObject({
    error: { code: 'bad-arguments', field: 'provider' },
  });
  expect(await tab.request('nothing' as RequestChannel, {})).toMatchObject({ error: { code: 'unknown-channel' } });
  expect(await tab.request('__proto__' as RequestChannel, {})).toMatchObject({ error: { code: 'unknown-channel' } });
  expect(await tab.request('audit.list', { provider: 'LP-A', limit: 10 })).toMatchObject({
    ok: true,
    value: [
      { operation: 'save', result: 'config-invalid', source: 'browser' },
      { operation: 'create', result: 'ok', source: 'browser', from: expect.stringContaining('127.0.0.1') },
    ],
  });
  expect(JSON.stringify(tab.frames)).not.toContain('geheim');
});

test('changes are pushed to every tab as numbered deltas on the snapshot', async () => {
  const [one, other] = [await openTab(), await openTab()];
  const { value } = await one.request('console.snapshot', {});
  const { counter } = value as { counter: number };
  await one.request('lp.create', { draft: draft(9_876) });
  for (const tab of [one, other]) {
    await vi.waitFor(() => {
      const deltas = tab.pushes<{ counter: number; lps: { provider: string }[] }>('console.delta');
      expect(deltas.some((delta) => delta.lps.some((lp) => lp.provider === 'LP-A'))).toBe(true);
      const counters = deltas.map((delta) => delta.counter).filter((n) => n > counter);
      expect(counters).toEqual(counters.map((_, index) => (counters[0] ?? 0) + index));
    }, WAIT);
  }
});

test('a log tail is of one tab, follows the file and ends with the tab', async () => {
  await desk.send('PUT', '/api/v1/lps/LP-A', draft(1));
  const folder = join(desk.fixLogDir, 'LP-A');
  const file = join(folder, 'fix.log');
  const line = (n: number) => `2026-01-31T09:30:00.00000${n}Z I 8=FIX.4.4\u00019=5\u000135=0\u000134=${n}\u000110=000\u0001\n`;
  mkdirSync(folder, { recursive: true });
  appendFileSync(file, line(1) + line(2));
  const [one, other] = [await openTab(), await openTab()];
  expect(await one.request('fixlog.open', { provider: 'LP-A', lines: 1, filter: null })).toMatchObject({
    ok: true,
    value: { provider: 'LP-A', lines: [{ text: expect.stringContaining('34=2') }] },
  });
  appendFileSync(file, line(3));
  await vi.waitFor(() => {
    expect(one.pushes('fixlog.lines')).toMatchObject([
      { provider: 'LP-A', lines: [{ text: expect.stringContaining('34=3') }], skipped: 0 },
    ]);
  }, WAIT);
  expect(other.pushes('fixlog.lines')).toEqual([]);
  expect(await one.request('fixlog.close', { provider: 'LP-A' })).toEqual({ ok: true, value: null });
  appendFileSync(file, line(4));
  await other.request('fixlog.open', { provider: 'LP-A', lines: 0, filter: null });
  appendFileSync(file, line(5));
  await vi.waitFor(() => expect(other.pushes('fixlog.lines')).toHaveLength(1), WAIT);
  expect(one.pushes('fixlog.lines')).toHaveLength(1);
});

test.each([
  ['text that is not JSON', 'hello'],
  ['JSON that is no frame', '[1,2]'],
  ['a frame without an id', '{"channel":"console.snapshot","args":{}}'],
  ['an id that is no number', '{"id":"1","channel":"console.snapshot","args":{}}'],
])('%s ends the connection, and only that one', async (_name, text) => {
  const [bad, good] = [await openTab(), await openTab()];
  bad.socket.send(text);
  const [code] = await once(bad.socket, 'close');
  expect(code).toBe(1008);
  expect(await good.request('console.snapshot', {})).toMatchObject({ ok: true });
});

test('binary and oversized frames end the connection', async () => {
  const binary = await openTab();
  binary.socket.send(Buffer.from('{"id":1}'));
  expect((await once(binary.socket, 'close'))[0]).toBe(1003);
  const large = await openTab();
  large.socket.send('x'.repeat(1_000_001));
  expect((await once(large.socket, 'close'))[0]).toBe(1009);
});

test('a tab that asks for too much at once is told so', async () => {
  const tab = await openTab();
  for (let id = 1_000; id < 1_200; id++) {
    tab.socket.send(JSON.stringify({ id, channel: 'audit.list', args: { provider: null, limit: 1 } }));
  }
  await vi.waitFor(() => {
    const answers = tab.frames.filter((frame) => 'result' in frame);
    expect(answers).toHaveLength(200);
  }, WAIT);
  const refused = tab.frames.filter((frame) => 'result' in frame && !frame.result.ok);
  expect(refused.length).toBeGreaterThan(0);
  for (const frame of refused) expect(frame).toMatchObject({ result: { error: { code: 'too-many-requests' } } });
});

test('half a WebSocket handshake and a reset connection do no harm', async () => {
  const socket = connect(desk.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`GET ${WS_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`);
  socket.write(`Sec-WebSocket-Protocol: ${WS_PROTOCOL}, token.${TOKEN}\r\n\r\n`);
  const [data] = await once(socket, 'data');
  expect(String(data)).toMatch(/^HTTP\/1\.1 400 /);
  socket.resetAndDestroy();
  const tab = await openTab();
  (tab.socket as unknown as { _socket: { resetAndDestroy(): void } })._socket.resetAndDestroy();
  expect(await (await openTab()).request('console.snapshot', {})).toMatchObject({ ok: true });
});

test('closing the console says goodbye to its tabs', async () => {
  const tab = await openTab();
  const closed = once(tab.socket, 'close');
  const again = await postgres.createDatabase();
  const other = await startTestConsole(again);
  await other.close();
  await again.drop();
  expect(tab.socket.readyState).toBe(WebSocket.OPEN);
  await desk.console.close();
  expect((await closed)[0]).toBe(1001);
});
