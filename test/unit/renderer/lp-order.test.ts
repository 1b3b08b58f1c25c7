import { expect, test } from 'vitest';
import { countsOf } from '../../../main/contracts/lp-trouble.ts';
import type { LpState, LpView } from '../../../main/contracts/lp-view.ts';
import { type LpsByProvider, matches, orderOf } from '../../../renderer/store/lp-order.ts';
import { lpIn, NOW } from './lp-views.ts';

const latch = { incidentId: 'i', by: 'desk', reason: 'r', atMs: NOW };

const STATES: readonly (readonly [string, LpState, Partial<LpView>?])[] = [
  ['off', { kind: 'off-schedule', opensAtMs: null }],
  ['idle', { kind: 'inactive' }],
  ['other', { kind: 'foreign', owner: 'x' }],
  ['up-10', { kind: 'logged-on' }],
  ['up-9', { kind: 'logged-on' }],
  ['filling', { kind: 'recovering', received: 1, total: 2 }, { trouble: { sinceMs: NOW, downSinceMs: null } }],
  ['dialling', { kind: 'connecting', step: 'tcp' }, { trouble: { sinceMs: NOW, downSinceMs: NOW } }],
  ['waiting', { kind: 'retry', atMs: NOW, attempt: 1 }, { trouble: { sinceMs: NOW, downSinceMs: NOW } }],
  ['starting', { kind: 'connecting', step: 'tcp' }],
  ['frozen', { kind: 'logged-on' }, { statsAtMs: NOW - 10_000 }],
  ['dead', { kind: 'killed', latch }],
  ['broken', { kind: 'error' }, { trouble: { sinceMs: NOW, downSinceMs: NOW } }],
];
const lps: LpsByProvider = Object.fromEntries(
  STATES.map(([provider, state, more]) => [provider, lpIn(state, { statsAtMs: NOW, ...more, provider })]),
);

test('trouble first, then what works or is about to, and what is meant to be down; by name within', () => {
  const order = [
    'broken',
    'dead',
    'dialling',
    'filling',
    'frozen',
    'waiting',
    'starting',
    'up-9',
    'up-10',
    'other',
    'idle',
    'off',
  ];
  expect(orderOf(lps, NOW)).toEqual(order);
});

test('an LP that is down stays where it is while it is tried again and again', () => {
  const waiting = lps['waiting'] as LpView;
  const states: readonly LpState[] = [{ kind: 'connecting', step: 'tcp' }, { kind: 'logon' }, { kind: 'logged-on' }];
  for (const state of states) {
    const tried = { ...lps, waiting: { ...waiting, state, statsAtMs: NOW } };
    expect(orderOf(tried, NOW)).toEqual(orderOf(lps, NOW));
    expect(countsOf(Object.values(tried), NOW).trouble).toBe(5);
    expect(matches(tried.waiting, 'trouble', NOW)).toBe(true);
  }
});

test('numbers that move do not move rows', () => {
  const moved = { ...lps, 'up-10': { ...(lps['up-10'] as LpView), statsAtMs: NOW + 200 } };
  expect(orderOf(moved, NOW + 200)).toEqual(orderOf(lps, NOW));
});

test('counts', () => {
  expect(countsOf(Object.values(lps), NOW)).toEqual({ total: 12, loggedOn: 3, trouble: 5, killed: 1 });
});

test.each([
  ['', 12],
  ['trouble', 5],
  ['killed', 1],
  ['logged-on', 3],
  ['stale', 1],
  ['up', 2],
  ['UP-9', 1],
  ['up trouble', 0],
  ['nowhere', 0],
])('filter “%s” finds %d', (filter, count) => {
  expect(Object.values(lps).filter((lp) => matches(lp, filter, NOW))).toHaveLength(count);
});

test('a filter finds host, CompIDs and TLS', () => {
  const lp = lpIn(
    { kind: 'logged-on' },
    { statsAtMs: NOW, host: 'fix.bank.example', port: 9443, targetCompId: 'BANKFX', ssl: true },
  );
  for (const filter of ['bank.example:9443', 'bankfx', 'ssl', 'fix bankfx ssl']) expect(matches(lp, filter, NOW)).toBe(true);
});
