import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { LP_STATUS_SUBJECT } from '../../../main/contracts/events.ts';
import type { LpStatus } from '../../../main/contracts/lp-record.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { NatsPublisher } from '../../../main/events/nats-publisher.ts';
import { LpRepository } from '../../../main/lp-config/lp-repository.ts';
import { createSecrets } from '../../../main/lp-config/secrets.ts';
import { startTestNats, type TestNats, type TestSubscription } from '../../support/nats.ts';
import { ownedBy } from '../../support/owned.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let nats: TestNats;
let db: TestDatabase;
let database: Database;
let subscription: TestSubscription;
const publishers: NatsPublisher[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  nats = await startTestNats();
  db = await postgres.createDatabase();
  database = openDatabase(db.url, systemClock);
  subscription = await nats.subscribe(LP_STATUS_SUBJECT);
});
afterEach(async () => {
  for (const publisher of publishers.splice(0)) await publisher.close();
  await subscription.close();
  await database.close();
  await db.drop();
  await nats.stop();
});

function publish(url: string | null = nats.url, onError: (error: unknown) => void = () => undefined): NatsPublisher {
  const server = url === null ? null : { url, credentialsFile: null, nkeyFile: null, caFile: null };
  const publisher = new NatsPublisher({ server, database, clock: systemClock, onError });
  publishers.push(publisher);
  return publisher;
}

function statusWriter(onEvent: () => void = () => undefined) {
  const repository = new LpRepository({
    database,
    secrets: createSecrets(Buffer.alloc(32)),
    events: true,
    onEvent,
    onChange: () => () => undefined,
  });
  const epochs = new Map<string, number>();
  return async (provider: string, to: LpStatus, attempt = 0) => {
    const eventId = randomUUID();
    const numbers = { nextIn: 1, nextOut: 1, attempt };
    const change = { eventId, provider, from: 0, to, reason: null, ...numbers, atMs: 0, consoleHost: 'desk-1' } as const;
    const epoch = epochs.get(provider) ?? (await ownedBy(db, provider));
    epochs.set(provider, epoch);
    await repository.writeStatus(change, epoch);
    return eventId;
  };
}

const payloads = () =>
  subscription.received.map(({ payload }) => payload as { provider: string; attempt: number; eventId: string });

test('a status change reaches subscribers at once, as it was written, and leaves the outbox', async () => {
  const publisher = publish();
  await vi.waitFor(() => expect(publisher.health().state).toBe('ok'));
  const published: string[] = [];
  publisher.onPublished((ids) => published.push(...ids));
  const write = statusWriter(() => publisher.wake());
  const before = performance.now();
  const eventId = await write('LP-A', 1);
  await vi.waitFor(() => expect(subscription.received).toHaveLength(1), { interval: 5 });
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(subscription.received[0]).toMatchObject({ subject: 'vfxlp.events.lpstatus', messageId: eventId });
  expect(subscription.received[0]?.payload).toEqual({
    version: 1,
    eventId,
    provider: 'LP-A',
    oldStatus: 0,
    newStatus: 1,
    reason: null,
    nextInSeqNum: 1,
    nextOutSeqNum: 1,
    attempt: 0,
    time: '1970-01-01T00:00:00.000Z',
    host: 'desk-1',
  });
  await vi.waitFor(() => expect(published).toEqual([eventId]));
  await vi.waitFor(async () => expect(await db.sql('SELECT 1 FROM vfxlp_outbox')).toEqual([]));
});

test('what is written while NATS is down waits, the health says how many and why, and it leaves when NATS is back', async () => {
  const publisher = publish();
  await vi.waitFor(() => expect(publisher.health().state).toBe('ok'));
  await nats.kill();
  await vi.waitFor(() => expect(publisher.health().state).toBe('down'));
  const write = statusWriter(() => publisher.wake());
  for (let n = 0; n < 450; n += 1) await write(n % 2 === 0 ? 'LP-A' : 'LP-B', 2, n);
  await vi.waitFor(() => expect(publisher.health()).toMatchObject({ state: 'down', waiting: 450 }), { timeout: 5_000 });
  expect(publisher.health().text).toMatch(/^No connection to NATS at 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  await nats.start();
  await vi.waitFor(() => expect(publisher.health()).toMatchObject({ state: 'ok', waiting: 0 }), { timeout: 15_000 });
  await vi.waitFor(async () => expect(await db.sql('SELECT 1 FROM vfxlp_outbox')).toEqual([]));
});

test('events wait for a NATS that comes up later, and arrive each once and in order', async () => {
  await nats.kill();
  const publisher = publish();
  const write = statusWriter(() => publisher.wake());
  for (let n = 0; n < 450; n += 1) await write('LP-A', 2, n);
  await publisher.close();
  expect(await db.sql('SELECT count(*)::int AS waiting FROM vfxlp_outbox')).toEqual([{ waiting: 450 }]);
  await nats.start();
  await subscription.close();
  subscription = await nats.subscribe(LP_STATUS_SUBJECT);
  const next = publish();
  await vi.waitFor(() => expect(subscription.received).toHaveLength(450), { timeout: 10_000 });
  expect(payloads().map(({ attempt }) => attempt)).toEqual(Array.from({ length: 450 }, (_, n) => n));
  await vi.waitFor(() => expect(next.health().waiting).toBe(0));
});

test('without a URL NATS is off', () => {
  expect(publish(null).health()).toMatchObject({ state: 'off', waiting: 0, text: expect.stringContaining('VFXLP_NATS_URL') });
});

test('two consoles on one database publish each event once', async () => {
  const first = publish();
  const second = publish();
  await vi.waitFor(() => expect([first.health().state, second.health().state]).toEqual(['ok', 'ok']));
  const write = statusWriter(() => {
    first.wake();
    second.wake();
  });
  await Promise.all(
    ['LP-A', 'LP-B', 'LP-C', 'LP-D'].map(async (provider) => {
      for (let n = 0; n < 50; n += 1) await write(provider, 1, n);
    }),
  );
  await vi.waitFor(async () => expect(await db.sql('SELECT 1 FROM vfxlp_outbox')).toEqual([]), { timeout: 10_000 });
  await vi.waitFor(() => expect(subscription.received.length).toBeGreaterThanOrEqual(200));
  expect(new Set(payloads().map(({ eventId }) => eventId)).size).toBe(200);
  expect(subscription.received).toHaveLength(200);
  for (const provider of ['LP-A', 'LP-D']) {
    const attempts = payloads().filter((event) => event.provider === provider);
    expect(attempts.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  }
});

test('a server that takes messages and does not acknowledge them keeps no event from being sent again', async () => {
  const publisher = publish();
  await vi.waitFor(() => expect(publisher.health().state).toBe('ok'));
  nats.freeze();
  const eventId = await statusWriter(() => publisher.wake())('LP-A', 1);
  await vi.waitFor(() => expect(publisher.health().state).toBe('down'), { timeout: 10_000 });
  expect(publisher.health().text).toContain('no acknowledgement within 5 s');
  expect(await db.sql('SELECT event_id FROM vfxlp_outbox')).toEqual([{ event_id: eventId }]);
  nats.thaw();
  await vi.waitFor(() => expect(publisher.health()).toMatchObject({ state: 'ok', waiting: 0 }), { timeout: 15_000 });
  await vi.waitFor(() => expect(new Set(payloads().map((event) => event.eventId))).toEqual(new Set([eventId])));
}, 40_000);

test('closing publishes what was written last', async () => {
  const publisher = publish();
  await vi.waitFor(() => expect(publisher.health().state).toBe('ok'));
  await statusWriter()('LP-A', 1);
  await publisher.close();
  await vi.waitFor(() => expect(subscription.received).toHaveLength(1));
});

test('closing does not wait for a server that does not answer', async () => {
  const publisher = publish();
  await vi.waitFor(() => expect(publisher.health().state).toBe('ok'));
  nats.freeze();
  await statusWriter()('LP-A', 1);
  const before = performance.now();
  await publisher.close();
  expect(performance.now() - before).toBeLessThan(4_000);
  nats.thaw();
});

test('an event that is larger than NATS takes leaves with its texts cut, and holds up none behind it', async () => {
  const eventId = randomUUID();
  const text = '\u0007'.repeat(300_000);
  const payload = JSON.stringify({ version: 1, eventId, provider: 'LP-A', reason: { code: 'logon-refused', text } });
  await database.query('INSERT INTO vfxlp_outbox (event_id, provider, subject, payload) VALUES ($1, $2, $3, $4)', [
    eventId,
    'LP-A',
    LP_STATUS_SUBJECT,
    payload,
  ]);
  const behind = await statusWriter()('LP-B', 1);
  publish();
  await vi.waitFor(() => expect(payloads().map((event) => event.eventId)).toEqual([eventId, behind]));
  expect(JSON.stringify(payloads()[0])).toMatch(/… \([\d,]+ bytes more in fix\.log\)/);
});
