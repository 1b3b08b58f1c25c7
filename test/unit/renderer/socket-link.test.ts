import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { WS_PATH } from '../../../main/contracts/ipc.ts';
import { type LinkState, socketLink } from '../../../renderer/api.ts';
import { createConsoleStore } from '../../../renderer/store/console-store.ts';
import { startSync } from '../../../renderer/store/sync.ts';
import { type FakeConsole, startFakeConsole } from '../../support/fake-console.ts';

const endings: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function server(port = 0): Promise<FakeConsole> {
  const fake = await startFakeConsole({ lps: 3, port, calm: true });
  endings.push(() => fake.stop());
  return fake;
}

function connect(fake: FakeConsole, token: string | null = fake.token) {
  const link = socketLink(`ws://127.0.0.1:${fake.port}${WS_PATH}`, token);
  endings.push(() => link.close());
  const states: LinkState[] = [];
  link.onLink((state) => states.push(state));
  return { link, states, last: () => states.at(-1) };
}

test('requests are answered, each by its own answer', async () => {
  const { link, last } = connect(await server());
  await vi.waitFor(() => expect(last()?.kind).toBe('open'));
  const [snapshot, config, refused] = await Promise.all([
    link.request('console.snapshot', {}),
    link.request('lp.config', { provider: 'ALPHA' }),
    link.request('lp.kill-all', { reason: 'r', typed: 'kill' }),
  ]);
  expect(snapshot.ok && snapshot.value.lps).toHaveLength(3);
  expect(config.ok && config.value.provider).toBe('ALPHA');
  expect(!refused.ok && refused.error.field).toBe('typed');
});

test('a wrong token and no token are told apart', async () => {
  const fake = await server();
  const wrong = connect(fake, 'wrong');
  await vi.waitFor(() =>
    expect(wrong.last()).toMatchObject({ kind: 'closed', why: expect.stringContaining('refused the token') }),
  );
  const none = connect(fake, null);
  await vi.waitFor(() => expect(none.last()).toMatchObject({ kind: 'closed', why: expect.stringContaining('has no token') }));
});

test('a request while closed, or cut off by the close, is answered and not sent later', async () => {
  const fake = await server();
  const { link, last } = connect(fake);
  await vi.waitFor(() => expect(last()?.kind).toBe('open'));
  await link.request('console.snapshot', {});
  const cutOff = link.request('lp.timeline', { provider: 'ALPHA', limit: 1 });
  fake.dropAll();
  const answer = await cutOff;
  expect(answer.ok || answer.error.code === 'disconnected').toBe(true);
  await vi.waitFor(() => expect(last()?.kind).not.toBe('open'));
  const closed = await link.request('lp.kill', { provider: 'ALPHA', reason: 'r' });
  expect(!closed.ok && closed.error).toMatchObject({ kind: 'operational', code: 'disconnected' });
  await vi.waitFor(() => expect(last()?.kind).toBe('open'));
  expect(fake.requests).not.toContain('lp.kill');
});

test('the store follows a real socket: it reconnects, heals a gap and outlives a restart', async () => {
  const fake = await server();
  const { link } = connect(fake);
  const store = createConsoleStore();
  endings.push(startSync(link, store, systemClock));
  const kind = (provider: string) => store.getState().mirror.lps[provider]?.state.kind;
  await vi.waitFor(() => expect(kind('ALPHA')).toBe('logged-on'));

  fake.dropAll();
  await vi.waitFor(() => expect(store.getState().connection.kind).toBe('lost'));
  await vi.waitFor(() => expect(store.getState().connection.kind).toBe('live'));
  expect(fake.requests.filter((channel) => channel === 'console.snapshot')).toHaveLength(2);

  fake.skipDelta();
  fake.change('BOREAL', { state: { kind: 'error' } });
  await vi.waitFor(() => expect(kind('BOREAL')).toBe('error'), { timeout: 4_000 });
  expect(fake.requests.filter((channel) => channel === 'console.snapshot').length).toBeGreaterThan(2);

  const { port } = fake;
  await fake.stop();
  await vi.waitFor(() => expect(store.getState().connection.kind).toBe('lost'));
  await server(port);
  await vi.waitFor(() => expect(store.getState().connection.kind).toBe('live'), { timeout: 8_000 });
  expect(kind('BOREAL')).toBe('logged-on');
});
