import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebContents } from 'electron';
import { beforeEach, expect, test, vi } from 'vitest';
import { Turns } from '../../../main/base/turns.ts';
import { REQUEST_CHANNELS } from '../../../main/contracts/ipc.ts';
import { ok } from '../../../main/contracts/result.ts';
import { Dispatcher } from '../../../main/ipc/dispatcher.ts';
import { type ElectronIpc, startElectronIpc } from '../../../main/ipc/electron-ipc.ts';
import { createHandlers } from '../../../main/ipc/handlers.ts';
import type { FeedSubscriber } from '../../../main/operations/console-feed.ts';
import { Tokens } from '../../../main/operations/tokens.ts';
import { health, lpView } from '../operations/lp-view.ts';
import { actor, operationsOn } from '../operations/operations-on.ts';
import { fixLine, HandTails } from './hand-tails.ts';

const DECODED = { msgType: '0', name: 'Heartbeat', admin: true, fields: [], problem: null };

type Handler = (event: unknown, args: unknown) => unknown;

/** Electron's main process is not here: its ipcMain is noted, and windows are the few members that are used. */
const electron = vi.hoisted(() => ({ handlers: new Map<string, Handler>() }));
vi.mock('electron', () => ({
  ipcMain: {
    handle: (channel: string, handler: Handler) => electron.handlers.set(channel, handler),
    removeHandler: (channel: string) => electron.handlers.delete(channel),
  },
}));

const PAGE = 'file:///opt/vfxlp/out/renderer/index.html';

class Window extends EventEmitter {
  readonly sent: [string, unknown][] = [];
  destroyed = false;
  send(channel: string, payload: unknown): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed');
    this.sent.push([channel, payload]);
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('destroyed');
  }
  reload(): void {
    this.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
  }
  get contents(): WebContents {
    return this as unknown as WebContents;
  }
}

let ipc: ElectronIpc;
let tails: HandTails;
let subscriber: FeedSubscriber | null;
let control: ReturnType<typeof operationsOn>['control'];
let log: ReturnType<typeof operationsOn>['log'];

beforeEach(() => {
  electron.handlers.clear();
  const parts = operationsOn(lpView('LP-A'));
  ({ control, log } = parts);
  tails = new HandTails();
  const tokens = new Tokens(join(tmpdir(), 'vfxlp-no-tokens.json'), 'the-own-token-of-this-console', parts.clock);
  const snapshot = () => ({ counter: 0, nowMs: 0, host: 'h', version: 'v', lps: [], health, incidents: [] });
  ipc = startElectronIpc({
    dispatcher: new Dispatcher(
      createHandlers(parts.deps, { snapshot }, async () => ok(DECODED), tokens),
      parts.clock,
      log,
      new Turns(),
    ),
    feed: {
      subscribe: (given) => {
        subscriber = given;
        return () => {
          subscriber = null;
        };
      },
    },
    tails,
    actor,
    rendererUrl: PAGE,
    log,
  });
});

const ask = (window: Window, channel: string, args: unknown, frame: unknown = { url: PAGE, parent: null }) =>
  electron.handlers.get(`vfxlp:${channel}`)?.({ sender: window, senderFrame: frame }, args);

test('every channel of the contract has its handler, and closing takes them all away', async () => {
  expect([...electron.handlers.keys()].sort()).toEqual(REQUEST_CHANNELS.map((channel) => `vfxlp:${channel}`).sort());
  await ipc.close();
  expect(electron.handlers.size).toBe(0);
  expect(subscriber).toBeNull();
});

test('our page in our window is served', async () => {
  const window = new Window();
  ipc.attach(window.contents);
  expect(await ask(window, 'lp.test-request', { provider: 'LP-A' })).toEqual({ ok: true, value: null });
  expect(control.calls).toEqual(['test-request LP-A']);
});

test.each([
  ['another page', { url: 'https://evil.example/', parent: null }],
  ['a frame in our page', { url: PAGE, parent: {} }],
  ['a frame that is gone', null],
])('%s is refused', async (_name, frame) => {
  const window = new Window();
  ipc.attach(window.contents);
  expect(await ask(window, 'lp.kill', { provider: 'LP-A', reason: 'x' }, frame)).toMatchObject({
    ok: false,
    error: { kind: 'user', code: 'untrusted-sender' },
  });
  expect(control.calls).toEqual([]);
  expect(log.lines).toHaveLength(1);
});

test('a window that is not ours is refused', async () => {
  expect(await ask(new Window(), 'console.snapshot', {})).toMatchObject({ error: { code: 'untrusted-sender' } });
});

test('pushes reach every window that is there', () => {
  const [one, other] = [new Window(), new Window()];
  ipc.attach(one.contents);
  ipc.attach(other.contents);
  other.destroyed = true;
  const delta = { counter: 1, nowMs: 0, lps: [], removed: [], health: null, incidents: [] };
  subscriber?.delta(delta);
  subscriber?.timeline([]);
  expect(one.sent).toEqual([
    ['vfxlp:console.delta', delta],
    ['vfxlp:timeline', []],
  ]);
  expect(other.sent).toEqual([]);
});

test('a tail is of its window, and ends with a reload or the window', async () => {
  const [one, other] = [new Window(), new Window()];
  ipc.attach(one.contents);
  ipc.attach(other.contents);
  await ask(one, 'fixlog.open', { provider: 'LP-A', lines: 0, filter: null });
  tails.write('LP-A', [fixLine(1)]);
  expect(one.sent).toEqual([['vfxlp:fixlog.lines', { provider: 'LP-A', lines: [fixLine(1)], skipped: 0 }]]);
  expect(other.sent).toEqual([]);

  one.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
  one.emit('did-start-navigation', { isMainFrame: false, isSameDocument: false });
  await new Promise(setImmediate);
  expect(tails.closed).toBe(0);
  one.reload();
  await vi.waitFor(() => expect(tails.closed).toBe(1));

  expect(await ask(one, 'fixlog.open', { provider: 'LP-A', lines: 0, filter: null })).toMatchObject({ ok: true });
  one.destroy();
  await vi.waitFor(() => expect(tails.closed).toBe(2));
  expect(await ask(one, 'console.snapshot', {})).toMatchObject({ error: { code: 'untrusted-sender' } });
});

test('closing ends the tails of every window', async () => {
  const window = new Window();
  ipc.attach(window.contents);
  await ask(window, 'fixlog.open', { provider: 'LP-A', lines: 0, filter: null });
  await ipc.close();
  expect(tails.closed).toBe(1);
});

test('a window that does not read is sent nothing, and told afterwards how many log lines it missed', async () => {
  const window = new Window();
  ipc.attach(window.contents);
  await ask(window, 'fixlog.open', { provider: 'LP-A', lines: 10, filter: null });
  ipc.hold(window.contents, true);
  subscriber?.timeline([]);
  tails.write('LP-A', [fixLine(1), fixLine(2)], 3);
  expect(window.sent).toEqual([]);
  ipc.hold(window.contents, false);
  tails.write('LP-A', [fixLine(3)], 0);
  tails.write('LP-A', [fixLine(4)], 0);
  expect(window.sent.map(([, payload]) => payload)).toMatchObject([{ skipped: 5 }, { skipped: 0 }]);
  subscriber?.timeline([]);
  expect(window.sent).toHaveLength(3);
});
