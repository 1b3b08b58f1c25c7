import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { openDatabase } from '../../../main/database/database.ts';
import { type NatsConfig, startTestNats, type TestNats } from '../../support/nats.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { OutboxRig } from './outbox-rig.ts';

let postgres: TestPostgres;
let rig: OutboxRig;
let nats: TestNats | null;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  rig = await OutboxRig.open(postgres);
  nats = null;
});
afterEach(async () => {
  await rig.close();
  await nats?.stop();
});

async function serve(config: NatsConfig): Promise<TestNats> {
  nats = await startTestNats(config);
  return nats;
}
const withUser = (server: TestNats): string => server.url.replace('ws://', 'ws://desk:secret@');
const ids = (received: readonly { readonly payload: unknown }[]) =>
  received.map(({ payload }) => (payload as { eventId: string }).eventId);

const users = (permissions: string): NatsConfig => ({
  lines: `authorization { users: [ { user: desk, password: secret${permissions} }, { user: ear, password: ear } ] }`,
  listener: { user: 'ear', pass: 'ear' },
});

test('events on a subject that is forbidden stay and are told, those on others leave, and all leave once it is allowed', async () => {
  const server = await serve(users(', permissions: { publish: { deny: ["vfxlp.events.lpstatus"] } }'));
  const subscription = await server.subscribe('vfxlp.>');
  const forbidden = [await rig.put(), await rig.put()];
  const allowed = await rig.put({ subject: 'vfxlp.events.other' });
  const publisher = rig.publisher({ url: withUser(server) });
  await vi.waitFor(() => expect(ids(subscription.received)).toEqual([allowed]), { timeout: 10_000 });
  await vi.waitFor(() =>
    expect(publisher.health()).toMatchObject({
      state: 'degraded',
      waiting: 2,
      text: expect.stringMatching(/says that this user may not publish on vfxlp\.events\.lpstatus: the events wait$/),
    }),
  );
  expect(await rig.left()).toEqual(forbidden);
  server.configure(users('').lines ?? '');
  await vi.waitFor(() => expect(publisher.health()).toMatchObject({ state: 'ok', waiting: 0 }), { timeout: 40_000 });
  await vi.waitFor(() => expect(ids(subscription.received)).toEqual([allowed, ...forbidden]));
  await subscription.close();
}, 70_000);

test('an event that NATS cannot take however it is cut is set aside with why, and holds up none behind it', async () => {
  const server = await serve({ lines: 'max_payload: 1000' });
  const subscription = await server.subscribe('vfxlp.>');
  const before = await rig.put();
  const large = await rig.put({ payload: { numbers: Array.from({ length: 1_000 }, (_, n) => n) } });
  const behind = await rig.put();
  const publisher = rig.publisher({ url: server.url });
  await vi.waitFor(() => expect(ids(subscription.received)).toEqual([before, behind]), { timeout: 10_000 });
  await vi.waitFor(() =>
    expect(publisher.health()).toMatchObject({
      state: 'degraded',
      waiting: 0,
      text: expect.stringContaining('1 event was refused for good'),
    }),
  );
  expect(publisher.refusedWrites.count()).toBe(1);
  const why = expect.stringMatching(/^\d+ bytes are more than NATS takes \(744\)$/);
  expect(await publisher.refusedWrites.list()).toMatchObject([{ id: large, of: 'event', provider: 'LP-A', why, current: true }]);
  await publisher.refusedWrites.retry();
  await vi.waitFor(() => expect(publisher.health().state).toBe('degraded'));
  server.configure('max_payload: 100000');
  await server.kill();
  await server.start();
  // As a person would, once more after the connection is back: what is retried before is refused by what NATS said last.
  await vi.waitFor(
    async () => {
      await publisher.refusedWrites.retry();
      expect(ids(subscription.received)).toContain(large);
    },
    { timeout: 30_000, interval: 1_000 },
  );
  await vi.waitFor(() => expect(publisher.health()).toMatchObject({ state: 'ok', waiting: 0 }));
  await subscription.close();
}, 70_000);

test('an event that was set aside and is discarded is never published, and NATS is well again', async () => {
  const server = await serve({ lines: 'max_payload: 1000' });
  const payload = { numbers: Array.from({ length: 1_000 }, (_, n) => n) };
  const [first, second] = [await rig.put({ payload }), await rig.put({ payload })];
  const publisher = rig.publisher({ url: server.url });
  await vi.waitFor(() => expect(publisher.refusedWrites.count()).toBe(2), { timeout: 10_000 });
  const waiting = await rig.put({ subject: 'vfxlp.events.other' });
  await publisher.refusedWrites.discard(new Set([first, waiting]));
  expect(await publisher.refusedWrites.list()).toMatchObject([{ id: second }]);
  await publisher.refusedWrites.discard(new Set([second]));
  await vi.waitFor(() => expect(publisher.health()).toMatchObject({ state: 'ok', waiting: 0 }), { timeout: 10_000 });
  expect(publisher.refusedWrites.count()).toBe(0);
});

test('a console that is frozen while it publishes holds up the others for seconds, not until it wakes', async () => {
  const server = await serve({});
  const subscription = await server.subscribe('vfxlp.>');
  const frozen = openDatabase(rig.db.url, systemClock);
  let thaw: () => void = () => undefined;
  let locked = false;
  const publishing = frozen.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock(688269)');
    locked = true;
    await new Promise<void>((resolve) => {
      thaw = resolve;
    });
    await query('SELECT 1');
  });
  publishing.catch(() => undefined);
  await vi.waitFor(() => expect(locked).toBe(true));
  const event = await rig.put();
  const publisher = rig.publisher({ url: server.url });
  await vi.waitFor(() => expect(publisher.health()).toMatchObject({ state: 'ok', waiting: 1 }));
  await vi.waitFor(() => expect(ids(subscription.received)).toEqual([event]), { timeout: 15_000 });
  thaw();
  await expect(publishing).rejects.toMatchObject({ name: 'DatabaseAway' });
  expect(await frozen.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await frozen.close();
  await subscription.close();
}, 40_000);
