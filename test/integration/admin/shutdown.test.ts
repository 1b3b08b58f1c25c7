import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { SimulatorProcess } from '../../simulator/simulator-process.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { type ServeProcess, startServe } from '../../support/serve-process.ts';
import { draft } from './test-console.ts';

let postgres: TestPostgres;
let database: TestDatabase;
let lp: SimulatorProcess;
let desk: ServeProcess;
const strangers: Socket[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  database = await postgres.createDatabase();
  lp = await SimulatorProcess.start({ sender: 'LPA', target: 'DESK' });
  desk = await startServe(database.url);
});
afterEach(async () => {
  for (const socket of strangers.splice(0)) socket.destroy();
  await desk.dispose();
  await lp.stop();
  await database.drop();
});

/** A connection to the admin port that sends this much and then nothing. */
async function stranger(sent: string): Promise<Socket> {
  const socket = connect(desk.port, '127.0.0.1').on('error', () => undefined);
  strangers.push(socket);
  await once(socket, 'connect');
  // Whatever comes is read, as a client would: the end of the connection is seen.
  socket.resume();
  if (sent !== '') socket.write(sent);
  return socket;
}

/** However it ends: by a goodbye, or by a reset. */
const closed = (socket: Socket) =>
  socket.closed ? undefined : new Promise<void>((resolve) => socket.once('close', () => resolve()));

const HALF_SENT: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['half a request line', 'GET /heal'],
  ['half its headers', 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
  [
    'half a body',
    `PUT /api/v1/lps/LP-A HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{`,
  ],
  ['a request, and keeps the connection', 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ['half of an upgrade', 'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'],
];

test('whoever is connected and says nothing keeps no LP from its Logout, and the console from no end', async () => {
  await desk.api('PUT', '/lps/LP-A?actor=ops', draft(lp.port));
  await desk.api('POST', '/lps/LP-A/activate', { reason: 'open', actor: 'ops' });
  await lp.until(({ loggedOn }) => loggedOn, 20_000);
  for (const [, sent] of HALF_SENT) await stranger(sent);

  const askedAtMs = Date.now();
  const gone = once(desk.child, 'exit');
  desk.child.kill('SIGTERM');
  const { logouts } = await lp.until((state) => state.logouts.some(({ direction }) => direction === 'in'), 5_000);
  expect((logouts[0]?.atMs ?? Number.POSITIVE_INFINITY) - askedAtMs).toBeLessThan(1_000);
  const [code] = await Promise.race([gone, new Promise<[string]>((late) => setTimeout(late, 15_000, ['still there']))]);
  expect(code).toBe(0);
});

test('who does not finish a request is cut off', async () => {
  // Headers within 10 s, all of a request within 30 s, looked at every second.
  const took = await Promise.all(
    HALF_SENT.slice(0, 4).map(async ([what, sent]) => {
      const startedAtMs = Date.now();
      await closed(await stranger(sent));
      return { what, inTime: Date.now() - startedAtMs < (what === 'half a body' ? 36_000 : 16_000) };
    }),
  );
  expect(took.filter(({ inTime }) => !inTime)).toEqual([]);
});

test('beyond the limit connections are refused, and those that end make room', async () => {
  await Promise.all(Array.from({ length: 256 }, () => stranger('')));
  const one = await stranger('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await closed(one);
  for (const socket of strangers.splice(0)) socket.destroy();
  await expect
    .poll(() => fetch(`http://127.0.0.1:${desk.port}/healthz`).then(({ status }) => status, String), { timeout: 10_000 })
    .toBe(200);
});
