import { expect, test } from 'vitest';
import type { ConsoleDelta, ConsoleSnapshot } from '../../../main/contracts/ipc.ts';
import type { KillIncident } from '../../../main/contracts/kill.ts';
import { applyDelta, applySnapshot, EMPTY_MIRROR, type Mirror } from '../../../renderer/store/mirror.ts';
import { health } from '../operations/lp-view.ts';
import { loggedOn, lpIn, NOW } from './lp-views.ts';

const snapshot: ConsoleSnapshot = {
  counter: 7,
  nowMs: NOW,
  host: 'desk-a',
  version: '1.0.0',
  lps: [loggedOn({ provider: 'A' }), loggedOn({ provider: 'B' })],
  health,
  incidents: [],
};
const delta = (counter: number, more: Partial<ConsoleDelta> = {}): ConsoleDelta => ({
  counter,
  nowMs: NOW,
  lps: [],
  removed: [],
  health: null,
  incidents: [],
  ...more,
});
const base = applySnapshot(snapshot, NOW);
const apply = (mirror: Mirror, change: ConsoleDelta, atMs = NOW): Mirror => {
  const next = applyDelta(mirror, change, atMs);
  if (next === 'gap') throw new Error('unexpected gap');
  return next;
};

test('a delta changes the LPs it names and leaves the others as they are, by identity', () => {
  const next = apply(base, delta(8, { lps: [lpIn({ kind: 'error' }, { provider: 'B' })] }));
  expect(next.lps['B']?.state.kind).toBe('error');
  expect(next.lps['A']).toBe(base.lps['A']);
  expect(next.health).toBe(base.health);
});

test('a delta adds and removes LPs', () => {
  const next = apply(base, delta(8, { lps: [loggedOn({ provider: 'C' })], removed: ['A'] }));
  expect(Object.keys(next.lps).sort()).toEqual(['B', 'C']);
});

test('a missing delta is a gap, and so is a delta before any snapshot', () => {
  expect(applyDelta(base, delta(9), NOW)).toBe('gap');
  expect(applyDelta(EMPTY_MIRROR, delta(1), NOW)).toBe('gap');
});

test('a delta that the snapshot already contains changes nothing', () => {
  expect(applyDelta(base, delta(7, { removed: ['A'] }), NOW)).toBe(base);
});

test('the clock follows the fastest delta, so that a late one makes nothing look older than it is', () => {
  const ahead = apply(base, delta(8, { nowMs: NOW + 40 }));
  expect(ahead.offsetMs).toBe(40);
  const late = apply(ahead, delta(9, { nowMs: NOW - 160 }));
  expect(late.offsetMs).toBeCloseTo(40 - 200 * 0.05);
  expect(apply(late, delta(10, { nowMs: NOW - 60_000 })).offsetMs).toBe(-60_000);
});

test('an incident replaces its earlier self; the newest comes first', () => {
  const incident = (id: string, startedAtMs: number, by = 'x'): KillIncident => ({
    id,
    scope: 'lp',
    by,
    reason: '',
    startedAtMs,
    lps: [],
  });
  const one = apply(base, delta(8, { incidents: [incident('1', 10)] }));
  const two = apply(one, delta(9, { incidents: [incident('2', 20), incident('1', 10, 'y')] }));
  expect(two.incidents.map(({ id, by }) => id + by)).toEqual(['2x', '1y']);
});
