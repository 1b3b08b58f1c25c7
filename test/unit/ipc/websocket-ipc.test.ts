import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Turns } from '../../../main/base/turns.ts';
import type { ConsoleDelta, FixLogBatch, ServerFrame } from '../../../main/contracts/ipc.ts';
import { ok } from '../../../main/contracts/result.ts';
import { Dispatcher } from '../../../main/ipc/dispatcher.ts';
import { createHandlers } from '../../../main/ipc/handlers.ts';
import { WebSocketIpc } from '../../../main/ipc/websocket-ipc.ts';
import { Access } from '../../../main/operations/access.ts';
import type { FeedSubscriber } from '../../../main/operations/console-feed.ts';
import { Door } from '../../../main/operations/door.ts';
import { Tokens } from '../../../main/operations/tokens.ts';
import { health, lpView } from '../operations/lp-view.ts';
import { operationsOn } from '../operations/operations-on.ts';
import { fixLine, HandTails } from './hand-tails.ts';

const DECODED = { msgType: '0', name: 'Heartbeat', admin: true, fields: [], problem: null };

const WAIT = { timeout: 5_000, interval: 10 };
const TOKEN = 'token-of-this-test';

let server: Server;
let port: number;
let parts: ReturnType<typeof operationsOn>;
let tails: HandTails;
let ipc: WebSocketIpc;
let subscribers: Set<FeedSubscriber>;
let sockets: WebSocket[];
let folder: string;
let tokens: Tokens;

beforeEach(async () => {
  parts = operationsOn(lpView('LP-A'));
  tails = new HandTails();
  subscribers = new Set();
  sockets = [];
  const { deps, clock, log } = parts;
  folder = mkdtempSync(join(tmpdir(), 'vfxlp-tokens-'));
  tokens = new Tokens(join(folder, 'tokens.json'), TOKEN, clock);
  const snapshot = () => ({ counter: 0, nowMs: 0, host: 'h', version: 'v', lps: [], health, incidents: [] });
  const turns = new Turns();
  ipc = new WebSocketIpc({
    dispatcher: new Dispatcher(
      createHandlers(deps, { snapshot }, async () => ok(DECODED), tokens),
      clock,
      log,
      turns,
    ),
    feed: {
      subscribe: (subscriber) => {
        subscribers.add(subscriber);
        return () => subscribers.delete(subscriber);
      },
    },
    tails,
    door: new Door(tokens, clock, log),
    turns,
    access: new Access({ listenHost: '127.0.0.1', names: [], tls: false, trustedProxies: [] }),
    clock,
    log,
  });
  server = createServer();
  server.on('upgrade', (request, socket, head) => ipc.handleUpgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  await ipc.close();
  server.close();
  rmSync(folder, { recursive: true });
});

async function openTab(token = TOKEN) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['vfxlp.v1', `token.${token}`]);
  sockets.push(socket);
  await once(socket, 'open');
  const frames: ServerFrame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  const ask = (id: number, channel: string, args: unknown) => socket.send(JSON.stringify({ id, channel, args }));
  const answered = (id: number) =>
    vi.waitFor(() => {
      const frame = frames.find((candidate) => 'id' in candidate && candidate.id === id);
      if (frame === undefined) throw new Error(`no answer to ${id} yet`);
      return frame;
    }, WAIT);
  return { socket, frames, ask, answered, raw: (socket as unknown as { readonly _socket: Socket })._socket };
}

/** A delta of about `bytes` bytes. */
const push = (counter: number, bytes = 0) => {
  const delta: ConsoleDelta = { counter, nowMs: 0, lps: [], removed: ['x'.repeat(bytes)], health: null, incidents: [] };
  for (const subscriber of subscribers) subscriber.delta(delta);
};
const counters = (frames: readonly ServerFrame[]) =>
  frames.flatMap((frame) => ('push' in frame && frame.push === 'console.delta' ? [frame.payload.counter] : []));
const batches = (frames: readonly ServerFrame[]): FixLogBatch[] =>
  frames.flatMap((frame) => ('push' in frame && frame.push === 'fixlog.lines' ? [frame.payload] : []));

test('a tab that does not read gets no pushes while it is behind, sees the gap, and goes on', async () => {
  const slow = await openTab();
  const quick = await openTab();
  slow.raw.pause();
  for (let counter = 1; counter <= 400; counter++) {
    push(counter, 100_000);
    // The quick tab reads each before the next is pushed: what is left out below is left out for slowness alone.
    await vi.waitFor(() => expect(counters(quick.frames)).toHaveLength(counter), { timeout: 5_000, interval: 1 });
  }
  slow.raw.resume();
  slow.ask(1, 'console.snapshot', {});
  await slow.answered(1);
  push(401);
  await vi.waitFor(() => expect(counters(slow.frames).at(-1)).toBe(401), WAIT);
  expect(counters(slow.frames).length).toBeLessThan(300);
  expect(counters(quick.frames)).toHaveLength(401);
});

test('log lines that a slow tab misses are counted with the next that it gets', async () => {
  const tab = await openTab();
  tab.ask(1, 'fixlog.open', { provider: 'LP-A', lines: 0, filter: null });
  await tab.answered(1);
  tab.raw.pause();
  const line = fixLine(1, 'x'.repeat(200_000));
  for (let n = 0; n < 200; n++) tails.write('LP-A', [line, line], 3);
  tab.raw.resume();
  // Answers are never left out, and come after what was sent before them.
  tab.ask(2, 'console.snapshot', {});
  await tab.answered(2);
  tails.write('LP-A', [fixLine(2)]);
  await vi.waitFor(() => expect(batches(tab.frames).at(-1)?.lines).toEqual([fixLine(2)]), WAIT);
  const seen = batches(tab.frames);
  expect(seen.length).toBeLessThan(200);
  expect(seen.reduce((sum, batch) => sum + batch.lines.length + batch.skipped, 0)).toBe(200 * 5 + 1);
});

test('a tab that does not answer pings is cut off, and its tails end', async () => {
  const tab = await openTab();
  tab.ask(1, 'fixlog.open', { provider: 'LP-A', lines: 0, filter: null });
  await tab.answered(1);
  tab.raw.pause();
  await parts.clock.advance(15_000);
  await parts.clock.advance(15_000);
  await vi.waitFor(() => expect(tails.closed).toBe(1), WAIT);
});

test('a tab that answers pings stays', async () => {
  const tab = await openTab();
  for (let round = 1; round <= 3; round++) {
    const pinged = once(tab.socket, 'ping');
    await parts.clock.advance(15_000);
    await pinged;
    tab.ask(round, 'console.snapshot', {});
    await tab.answered(round);
  }
  expect(tab.socket.readyState).toBe(WebSocket.OPEN);
});

test('closing says goodbye with 1001, ends the tails and leaves no timer and no subscription', async () => {
  const tab = await openTab();
  tab.ask(1, 'fixlog.open', { provider: 'LP-A', lines: 0, filter: null });
  await tab.answered(1);
  const closed = once(tab.socket, 'close');
  await ipc.close();
  expect((await closed)[0]).toBe(1001);
  await vi.waitFor(() => expect(tails.closed).toBe(1), WAIT);
  expect(subscribers.size).toBe(0);
  expect(parts.clock.timers).toBe(0);
});

test('closing cuts off a tab that does not answer', async () => {
  const tab = await openTab();
  tab.raw.pause();
  const closing = ipc.close();
  await parts.clock.advance(1_000);
  await closing;
  expect(parts.clock.timers).toBe(0);
});

test('while it closes nobody is let in', async () => {
  await ipc.close();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['vfxlp.v1', `token.${TOKEN}`]);
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  expect(response.statusCode).toBe(503);
});

test('a tab is cut off when its token is revoked, and does nothing after it has expired', async () => {
  const made = (name: string, expiresAtMs: number | null) => {
    const created = tokens.create(name, 'operator', expiresAtMs);
    if (!created.ok) throw new Error(created.error.message);
    return created.value.token;
  };
  const revoked = await openTab(made('revoked', null));
  const expiring = await openTab(made('expiring', parts.clock.nowMs() + 1_000));
  const own = await openTab();
  tokens.revoke('revoked');
  await once(revoked.socket, 'close');
  await parts.clock.advance(1_000);
  expiring.ask(1, 'lp.kill-all', { reason: 'x', typed: 'KILL' });
  await once(expiring.socket, 'close');
  expect(parts.control.calls).toEqual([]);
  own.ask(1, 'console.snapshot', {});
  await own.answered(1);
});
