import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WS_PATH, WS_PROTOCOL } from '../../../main/contracts/ipc.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';
import { SERVE_TOKEN, type ServeProcess, startServe } from '../../support/serve-process.ts';
import { draft } from '../admin/test-console.ts';

// What the console's main thread does in one go while much is asked of it: an engine that is not answered for 8 s logs out.

const MOST_MS = 50;
let postgres: TestPostgres;
let database: TestDatabase;
let desk: ServeProcess;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  database = await postgres.createDatabase();
  desk = await startServe(database.url, {
    nodeArgs: ['--import', fileURLToPath(new URL('./watch-turns.ts', import.meta.url))],
  });
  await desk.api('PUT', '/lps/LP-A', draft(1));
});
afterEach(async () => {
  await desk.dispose();
  await database.drop();
});

/** The console's longest turn since this was asked last, ms. */
async function longestTurn(): Promise<number> {
  const said = once(desk.child.stdout ?? desk.child, 'data');
  desk.child.kill('SIGUSR2');
  return (JSON.parse(String(await said)) as { longestMs: number }).longestMs;
}

async function flood(sockets: number, frames: readonly object[]): Promise<{ good: number; longestMs: number }> {
  const worker = new Worker(fileURLToPath(new URL('./flood.ts', import.meta.url)), {
    workerData: {
      url: `ws://127.0.0.1:${desk.port}${WS_PATH}`,
      protocols: [WS_PROTOCOL, `token.${SERVE_TOKEN}`],
      sockets,
      frames,
    },
  });
  await once(worker, 'message');
  await longestTurn();
  worker.postMessage('go');
  const [{ good }] = await once(worker, 'message');
  const longestMs = await longestTurn();
  await worker.terminate();
  return { good, longestMs };
}

test('sixteen tabs that have 700 kB decoded hold main up for less than 50 ms', async () => {
  const text = `8=FIX.4.4\x0135=B\x01${'58=x\x01'.repeat(70_000)}`;
  const args = { provider: 'LP-A', text };
  await flood(1, [{ id: 0, channel: 'fixlog.decode', args: { provider: 'LP-A', text: '8=FIX.4.4\x01' } }]);
  const { good, longestMs } = await flood(16, [{ id: 1, channel: 'fixlog.decode', args }]);
  console.info(`16 × ${JSON.stringify(args).length} bytes to decode: main's longest turn ${longestMs.toFixed(1)} ms`);
  expect(good).toBe(16);
  expect(longestMs).toBeLessThan(MOST_MS);
});

test('tabs that ask for many snapshots, audits and events in one packet hold main up for less than 50 ms', async () => {
  for (let n = 0; n < 60; n += 1)
    await desk.api('PUT', `/lps/LP-${n}`, { ...draft(1), provider: `LP-${n}`, targetCompId: `LP${n}` });
  const ask = (id: number) => [
    { id, channel: 'console.snapshot', args: {} },
    { id: id + 1, channel: 'lp.timeline', args: { provider: 'LP-A', limit: 1_000 } },
    { id: id + 2, channel: 'audit.list', args: { provider: null, limit: 1_000 } },
  ];
  const { good, longestMs } = await flood(16, Array.from({ length: 20 }, (_, n) => ask(3 * n)).flat());
  console.info(`16 × 60 queries: main's longest turn ${longestMs.toFixed(1)} ms`);
  expect(good).toBe(16 * 60);
  expect(longestMs).toBeLessThan(MOST_MS);
});
