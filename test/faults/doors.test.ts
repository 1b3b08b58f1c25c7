import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { WebSocket } from 'ws';
import { WS_PATH } from '../../main/contracts/ipc.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { Desk } from './desk.ts';
import { type Fault, faults } from './fault.ts';

const STRANGERS = 100;
const KILL_WITHIN_MS = 3_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const fault = faults('door', async () => {
  const desk = await Desk.open({ databaseUrl: (await postgres.createDatabase()).url, lps: 2 });
  for (const lp of desk.lps) lp.stream(20);
  return desk;
});

/** Whatever stands at the door: a kill is as quick as ever, and no session ends but by it. */
async function killsAllTheSame(f: Fault, desk: Desk, strangers: readonly (Socket | WebSocket)[]): Promise<void> {
  const session = desk.lp.sessions.at(-1);
  const other = desk.lps[1]?.sessions.length;
  const began = performance.now();
  await f.shows(
    () => desk.act('kill'),
    () =>
      session !== undefined &&
      session.logoutAtMs !== null &&
      `a kill's Logout after ${Math.round(session.logoutAtMs - began)} ms`,
  );
  for (const stranger of strangers)
    if (stranger instanceof WebSocket) stranger.terminate();
    else stranger.destroy();
  expect(desk.lps[1]?.sessions.length).toBe(other);
  await desk.rearmed();
}

async function strangers(port: number, count: number, greeting: string | Buffer): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => socket.destroy());
      socket.resume();
      // One that is turned away is as good.
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      if (socket.writable && greeting.length > 0) socket.write(greeting);
    }),
  );
  return sockets;
}

fault(`${STRANGERS} idle connections`, KILL_WITHIN_MS, async (f, desk) =>
  killsAllTheSame(f, desk, await strangers(desk.serve.port, STRANGERS, '')),
);

fault(`${STRANGERS} requests that never end`, KILL_WITHIN_MS, async (f, desk) =>
  killsAllTheSame(
    f,
    desk,
    await strangers(desk.serve.port, STRANGERS, 'POST /api/v1/kill-all HTTP/1.1\r\nHost: localhost\r\nX: '),
  ),
);

fault('rubbish instead of requests', KILL_WITHIN_MS, async (f, desk) =>
  killsAllTheSame(f, desk, await strangers(desk.serve.port, STRANGERS, Buffer.alloc(65_536, '\x16\x03\x01\r\n'))),
);

fault('2 000 wrong tokens', KILL_WITHIN_MS, async (f, desk) => {
  const guess = async (): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${desk.serve.port}/api/v1/lps`, {
      headers: { authorization: 'Bearer 0123456789abcdef', connection: 'close' },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const answers = new Set<number>();
  for (
    let n = 0;
    n < 20;
    n += 1 // One that is not let in at all is as good as refused.
  )
    for (const status of await Promise.all(Array.from({ length: 100 }, () => guess().catch(() => 401)))) answers.add(status);
  for (const status of answers) expect([401, 429]).toContain(status);
  await killsAllTheSame(f, desk, []);
});

fault('screens without a token', KILL_WITHIN_MS, async (f, desk) => {
  const sockets = Array.from({ length: STRANGERS }, () => new WebSocket(`ws://127.0.0.1:${desk.serve.port}${WS_PATH}`));
  for (const socket of sockets) socket.on('error', () => socket.terminate());
  await Promise.all(sockets.map((socket) => new Promise((closed) => socket.once('close', closed))));
  await killsAllTheSame(f, desk, []);
});

fault('idle connections, and an orderly end', 5_000, async (f, desk) => {
  const sockets = await strangers(desk.serve.port, STRANGERS, '');
  const last = desk.lps.map((lp) => lp.sessions.at(-1));
  const began = performance.now();
  const gone = once(desk.serve.child, 'exit');
  await f.shows(
    () => desk.serve.child.kill('SIGTERM'),
    () => last.every((session) => session !== undefined && session.logoutAtMs !== null) && 'every LP has its Logout',
  );
  await gone;
  f.row.words += `; ended after ${Math.round(performance.now() - began)} ms`;
  expect(performance.now() - began).toBeLessThan(10_000);
  for (const socket of sockets) socket.destroy();
  await desk.restart();
});
