import { beforeEach, expect, test } from 'vitest';
import type { ConsoleDelta } from '../../../main/contracts/ipc.ts';
import type { Health, TimelineEvent } from '../../../main/contracts/lp-view.ts';
import { ConsoleFeed } from '../../../main/operations/console-feed.ts';
import { health as healthy, lpView } from './lp-view.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLog } from './operations-on.ts';
import { incidentOf, RecordedControl } from './recorded-control.ts';

let control: RecordedControl;
let clock: ManualClock;
let log: MemoryLog;
let health: Health;
let feed: ConsoleFeed;
let deltas: ConsoleDelta[];
let events: (readonly TimelineEvent[])[];

beforeEach(() => {
  control = new RecordedControl(lpView('LP-A'), lpView('LP-B'));
  clock = new ManualClock();
  log = new MemoryLog();
  health = healthy;
  feed = new ConsoleFeed({ control, health: () => health, clock, host: 'console-a', version: '1.2.3', log });
  deltas = [];
  events = [];
});

const subscribe = () => feed.subscribe({ delta: (delta) => deltas.push(delta), timeline: (batch) => events.push(batch) });
const announce = (...providers: string[]) => {
  for (const listener of control.viewListeners) listener(providers);
};
const happen = (n: number, provider = 'LP-A', text = '') => {
  const event = { n, provider, atMs: n, event: 'State', level: 'info', direction: null, text, seqIn: 1, seqOut: 1 } as const;
  for (const listener of control.timelineListeners) listener(event);
};

test('a snapshot has everything, incidents newest first and 20 at most', () => {
  for (let n = 0; n < 25; n++) {
    control.known.push({ ...incidentOf(`i${n}`, 'lp', 'x', 'y', ['LP-A'], 'confirmed'), startedAtMs: n });
  }
  const snapshot = feed.snapshot();
  expect(snapshot).toMatchObject({ counter: 0, nowMs: clock.nowMs(), host: 'console-a', version: '1.2.3', health });
  expect(snapshot.lps.map((lp) => lp.provider)).toEqual(['LP-A', 'LP-B']);
  expect(snapshot.incidents.map((incident) => incident.id).slice(0, 2)).toEqual(['i24', 'i23']);
  expect(snapshot.incidents).toHaveLength(20);
});

test('after a quiet time a change goes out without waiting', async () => {
  subscribe();
  control.lps.set('LP-A', lpView('LP-A', { kind: 'logged-on' }));
  announce('LP-A');
  await clock.advance(0);
  expect(deltas).toHaveLength(1);
  expect(deltas[0]).toMatchObject({ counter: 1, lps: [{ provider: 'LP-A', state: { kind: 'logged-on' } }], removed: [] });
});

test('a storm of changes gives ten deltas a second, each LP once in each', async () => {
  subscribe();
  for (let ms = 0; ms < 1_000; ms++) {
    announce('LP-A', 'LP-B');
    announce('LP-A');
    await clock.advance(1);
  }
  expect(deltas.length).toBeGreaterThanOrEqual(9);
  expect(deltas.length).toBeLessThanOrEqual(11);
  for (const delta of deltas) expect(delta.lps.map((lp) => lp.provider).sort()).toEqual(['LP-A', 'LP-B']);
});

test('counters have no gap, and a snapshot names the last delta that it contains', async () => {
  subscribe();
  for (let n = 0; n < 5; n++) {
    announce('LP-A');
    await clock.advance(150);
  }
  expect(deltas.map((delta) => delta.counter)).toEqual(deltas.map((_, index) => index + 1));
  expect(feed.snapshot().counter).toBe(deltas.at(-1)?.counter);
});

test('without changes there is a delta a second, empty, so that the screen knows that it is connected', async () => {
  subscribe();
  await clock.advance(3_000);
  expect(deltas).toHaveLength(3);
  expect(deltas[2]).toEqual({ counter: 3, nowMs: clock.nowMs(), lps: [], removed: [], health: null, incidents: [] });
});

test('health is pushed when it has changed', async () => {
  subscribe();
  await clock.advance(1_000);
  expect(deltas[0]?.health).toEqual(healthy);
  health = { ...healthy, nats: { ...healthy.nats, state: 'down', waiting: 3 } };
  await clock.advance(1_000);
  expect(deltas[1]?.health).toEqual(health);
  await clock.advance(1_000);
  expect(deltas[2]?.health).toBeNull();
});

test('an LP that is gone is named as removed', async () => {
  subscribe();
  control.lps.delete('LP-B');
  announce('LP-B');
  await clock.advance(100);
  expect(deltas[0]).toMatchObject({ lps: [], removed: ['LP-B'] });
});

test('of an incident the latest state is pushed', async () => {
  subscribe();
  for (const outcome of ['running', 'confirmed'] as const) {
    for (const listener of control.incidentListeners) listener(incidentOf('i', 'lp', 'x', 'y', ['LP-A'], outcome));
  }
  await clock.advance(100);
  expect(deltas[0]?.incidents).toMatchObject([{ id: 'i', lps: [{ outcome: 'confirmed' }] }]);
});

test('key events are pushed in batches, in order; of a flood the latest', async () => {
  subscribe();
  happen(1);
  happen(2);
  await clock.advance(100);
  expect(events.map((batch) => batch.map(({ n }) => n))).toEqual([[1, 2]]);
  for (let n = 3; n <= 10_000; n++) happen(n);
  await clock.advance(100);
  expect(events[1]).toHaveLength(1_000);
  expect(events[1]?.at(-1)?.n).toBe(10_000);
});

test('every subscriber gets every push, also when another one throws', async () => {
  feed.subscribe({
    delta: () => {
      throw new Error('broken screen');
    },
    timeline: () => undefined,
  });
  subscribe();
  announce('LP-A');
  happen(1);
  await clock.advance(100);
  expect(deltas).toHaveLength(1);
  expect(events).toHaveLength(1);
  expect(log.lines).toHaveLength(1);
});

test('with nobody looking nothing is kept and no timer runs on', async () => {
  const unsubscribe = subscribe();
  unsubscribe();
  announce('LP-A');
  happen(1);
  await clock.advance(5_000);
  expect(clock.timers).toBe(0);
  subscribe();
  await clock.advance(1_000);
  expect(deltas).toMatchObject([{ counter: 1, lps: [] }]);
  expect(events).toEqual([]);
});

test('closing leaves no timer and no listener', async () => {
  subscribe();
  feed.close();
  expect(clock.timers).toBe(0);
  expect(control.viewListeners.size + control.incidentListeners.size + control.timelineListeners.size).toBe(0);
});

test('a storm of long events makes a push of bounded bytes, with the latest ones', async () => {
  subscribe();
  for (let n = 1; n <= 5_000; n++) happen(n, 'LP-A', '\u0007'.repeat(300));
  await clock.advance(100);
  expect(events).toHaveLength(1);
  expect(JSON.stringify(events[0]).length).toBeLessThan(400_000);
  expect(events[0]?.at(-1)?.n).toBe(5_000);
});
