import { expect, test } from 'vitest';
import type { KillIncident } from '../../../main/contracts/kill.ts';
import { createConsoleStore } from '../../../renderer/store/console-store.ts';
import { EMPTY_MIRROR, type Mirror } from '../../../renderer/store/mirror.ts';
import { loggedOn, NOW } from './lp-views.ts';

const mirror: Mirror = { ...EMPTY_MIRROR, counter: 1, heardAtMs: NOW, lps: { A: loggedOn({ provider: 'A' }) } };

const live = () => {
  const store = createConsoleStore();
  store.getState().mirrored(mirror);
  return store;
};

test('an open link alone is not live; the snapshot is', () => {
  const store = createConsoleStore();
  store.getState().linkChanged({ kind: 'open' }, NOW);
  expect(store.getState().connection.kind).toBe('connecting');
  store.getState().mirrored(mirror);
  expect(store.getState().connection).toEqual({ kind: 'live' });
});

test('a lost link is counted from when the console was last heard, over all tries', () => {
  const store = live();
  store.getState().linkChanged({ kind: 'closed', why: 'gone', retryAtMs: NOW + 900 }, NOW + 400);
  expect(store.getState().connection).toEqual({ kind: 'lost', sinceMs: NOW, why: 'gone', retryAtMs: NOW + 900, linkOpen: false });
  store.getState().linkChanged({ kind: 'connecting' }, NOW + 900);
  expect(store.getState().connection).toMatchObject({ kind: 'lost', sinceMs: NOW, retryAtMs: null });
  store.getState().linkChanged({ kind: 'closed', why: 'gone', retryAtMs: NOW + 2_000 }, NOW + 1_000);
  expect(store.getState().connection).toMatchObject({ kind: 'lost', sinceMs: NOW, retryAtMs: NOW + 2_000 });
  store.getState().mirrored({ ...mirror, heardAtMs: NOW + 2_100 });
  expect(store.getState().connection.kind).toBe('live');
});

test('silence on an open link is a lost console', () => {
  const store = live();
  store.getState().silent();
  expect(store.getState().connection).toMatchObject({ kind: 'lost', sinceMs: NOW });
});

const latched = { name: 'latch', state: 'done', atMs: NOW, text: null } as const;

test('a kill that was over before the next push shows itself, one that is only on record does not', () => {
  const kill = (id: string, state: 'done' | 'skipped'): KillIncident => ({
    id,
    scope: 'lp',
    by: 'desk-2',
    reason: '',
    startedAtMs: NOW,
    lps: [{ provider: 'A', steps: [{ ...latched, state }], log: [], outcome: 'confirmed' }],
  });
  const store = live();
  store.getState().mirrored({ ...mirror, counter: 2, incidents: [kill('on-record', 'skipped')] });
  expect(store.getState().incidentShown).toBeNull();
  store.getState().mirrored({ ...mirror, counter: 3, incidents: [kill('quick', 'done'), kill('on-record', 'skipped')] });
  expect(store.getState().incidentShown).toBe('quick');
});

test('a kill that runs shows itself once; closing its panel keeps it closed', () => {
  const incident: KillIncident = {
    id: 'kill-1',
    scope: 'lp',
    by: 'desk-2',
    reason: '',
    startedAtMs: NOW,
    lps: [{ provider: 'A', steps: [latched], log: [], outcome: 'running' }],
  };
  const store = live();
  store.getState().mirrored({ ...mirror, counter: 2, incidents: [incident] });
  expect(store.getState().incidentShown).toBe('kill-1');
  store.getState().showIncident(null);
  store.getState().mirrored({ ...mirror, counter: 3, incidents: [{ ...incident, reason: 'later' }] });
  expect(store.getState().incidentShown).toBeNull();
});

test('a kill that was over before the page was opened does not show itself', () => {
  const store = createConsoleStore();
  const lps = [{ provider: 'A', steps: [], log: [], outcome: 'confirmed' }] as const;
  store.getState().mirrored({ ...mirror, incidents: [{ id: 'old', scope: 'lp', by: 'x', reason: '', startedAtMs: 0, lps }] });
  expect(store.getState().incidentShown).toBeNull();
});

test('opening an LP puts the keyboard on it', () => {
  const store = live();
  store.getState().show({ screen: 'lp', provider: 'A', tab: 'session' });
  store.getState().show({ screen: 'overview' });
  expect(store.getState().selected).toBe('A');
});
