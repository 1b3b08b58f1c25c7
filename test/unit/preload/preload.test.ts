import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type PreloadApi, PUSH_CHANNELS, REQUEST_CHANNELS } from '../../../main/contracts/ipc.ts';

/** Electron has no preload environment outside its own process: its two objects are noted here. */
const electron = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  listeners: new Map<string, ((event: unknown, payload: unknown) => void)[]>(),
  invoke: vi.fn(async (...call: unknown[]) => ({ ok: true, value: call })),
}));
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: unknown) => electron.exposed.set(name, api) },
  ipcRenderer: {
    invoke: electron.invoke,
    on: (channel: string, listener: (event: unknown, payload: unknown) => void) =>
      electron.listeners.set(channel, [...(electron.listeners.get(channel) ?? []), listener]),
    removeListener: (channel: string, listener: unknown) =>
      electron.listeners.set(
        channel,
        (electron.listeners.get(channel) ?? []).filter((other) => other !== listener),
      ),
  },
}));

let api: PreloadApi;
beforeAll(async () => {
  await import('../../../preload/index.ts');
  api = electron.exposed.get('vfxlp') as PreloadApi;
});
beforeEach(() => electron.invoke.mockClear());

test('the page gets exactly the channels of the contract, and nothing of Electron', () => {
  expect([...electron.exposed.keys()]).toEqual(['vfxlp']);
  expect(Object.keys(api).sort()).toEqual(['pushes', 'requests']);
  expect(Object.keys(api.requests).sort()).toEqual([...REQUEST_CHANNELS].sort());
  expect(Object.keys(api.pushes).sort()).toEqual([...PUSH_CHANNELS].sort());
});

test.each(REQUEST_CHANNELS)('%s asks on its own channel, with its arguments alone', async (channel) => {
  const request = api.requests[channel] as (...args: unknown[]) => Promise<unknown>;
  await request({ provider: 'LP-A' }, 'another');
  expect(electron.invoke.mock.calls).toEqual([[`vfxlp:${channel}`, { provider: 'LP-A' }]]);
});

test.each(PUSH_CHANNELS)('%s hands the payload on without the event, until it is unsubscribed', (channel) => {
  const heard: unknown[][] = [];
  const subscribe = api.pushes[channel] as (listener: (...args: unknown[]) => void) => () => void;
  const unsubscribe = subscribe((...args) => heard.push(args));
  for (const listener of electron.listeners.get(`vfxlp:${channel}`) ?? []) listener({ sender: 'secret' }, { counter: 1 });
  unsubscribe();
  expect(electron.listeners.get(`vfxlp:${channel}`)).toEqual([]);
  expect(heard).toEqual([[{ counter: 1 }]]);
});
