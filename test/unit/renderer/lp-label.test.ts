import { expect, test } from 'vitest';
import { STALE_MS } from '../../../main/contracts/lp-trouble.ts';
import type { LpState } from '../../../main/contracts/lp-view.ts';
import { labelOf } from '../../../renderer/store/lp-label.ts';
import { loggedOn, lpIn, NOW, statsWith } from './lp-views.ts';

const latch = { incidentId: 'i', by: 'desk', reason: 'r', atMs: NOW };

test.each<[LpState, string, string, string]>([
  [{ kind: 'logged-on' }, 'disc', 'LOGGED ON', 'normal'],
  [{ kind: 'connecting', step: 'tcp' }, 'half', 'CONNECTING', 'normal'],
  [{ kind: 'logon' }, 'half', 'LOGON', 'normal'],
  [{ kind: 'stopping' }, 'stop', 'STOPPING', 'normal'],
  [{ kind: 'retry', atMs: NOW + 11_400, attempt: 4 }, 'retry', 'RETRY 12 s (attempt 4)', 'attention'],
  [{ kind: 'recovering', received: 120, total: 4_310 }, 'exchange', 'RECOVERING 120/4\u202f310', 'attention'],
  [{ kind: 'error' }, 'triangle', 'ERROR', 'alarm'],
  [{ kind: 'inactive' }, 'square', 'INACTIVE', 'dim'],
  [{ kind: 'off-schedule', opensAtMs: null }, 'diamond', 'OFF SCHEDULE', 'dim'],
  [{ kind: 'killed', latch }, 'cross', 'KILLED', 'latched'],
  [{ kind: 'foreign', owner: 'desk-b' }, 'ring', 'OTHER OWNER', 'dim'],
])('%o', (state, shape, word, tone) => {
  expect(labelOf(lpIn(state, { statsAtMs: NOW }), NOW, null)).toEqual({ shape, word, tone });
});

const TROUBLE = { trouble: { sinceMs: NOW, downSinceMs: NOW }, attempt: 4 };

test.each<[LpState, string, string, string]>([
  [{ kind: 'connecting', step: 'tcp' }, 'retry', 'RETRY 4 · connecting…', 'attention'],
  [{ kind: 'logon' }, 'retry', 'RETRY 4 · logging on…', 'attention'],
  [{ kind: 'stopping' }, 'stop', 'STOPPING', 'attention'],
])('in trouble: %o', (state, shape, word, tone) => {
  expect(labelOf(lpIn(state, TROUBLE), NOW, null)).toEqual({ shape, word, tone });
});

test('a peer that does not answer our TestRequest for silence is SILENT for as long as it has sent nothing', () => {
  const stats = statsWith({ silentSinceMs: NOW - 14_300 });
  const silent = { shape: 'dots', word: 'SILENT 14 s', tone: 'attention' };
  for (const state of [{ kind: 'logged-on' }, { kind: 'recovering', received: 1, total: 2 }] as const)
    expect(labelOf(lpIn(state, { stats, statsAtMs: NOW }), NOW, null)).toEqual(silent);
  expect(labelOf(lpIn({ kind: 'retry', atMs: NOW, attempt: 1 }, { stats }), NOW, null).word).toMatch(/RETRY/);
});

test('a countdown that has run out says now', () => {
  expect(labelOf(lpIn({ kind: 'retry', atMs: NOW, attempt: 1 }), NOW, null).word).toBe('RETRY now (attempt 1)');
});

test('a session whose numbers stand still is STALE after the limit, not before', () => {
  const lp = loggedOn({ statsAtMs: NOW });
  expect(labelOf(lp, NOW + STALE_MS, null).word).toBe('LOGGED ON');
  expect(labelOf(lp, NOW + 14_000, null)).toEqual({ shape: 'question', word: 'STALE 14 s', tone: 'hatched' });
});

test('a session that never gave numbers is STALE by the age of its Logon', () => {
  const lp = loggedOn({ statsAtMs: null, loggedOnAtMs: NOW });
  expect(labelOf(lp, NOW + 1_000, null).word).toBe('LOGGED ON');
  expect(labelOf(lp, NOW + 5_000, null).word).toBe('STALE 5 s');
});

test('an LP that is down has no numbers that could be stale', () => {
  expect(labelOf(lpIn({ kind: 'error' }, { statsAtMs: NOW }), NOW + 60_000, null).word).toBe('ERROR');
});

test('while the console is not heard every LP is STALE, whatever it was', () => {
  for (const state of [{ kind: 'logged-on' }, { kind: 'inactive' }, { kind: 'error' }] as const) {
    expect(labelOf(lpIn(state, { statsAtMs: NOW }), NOW + 14_000, NOW).word).toBe('STALE 14 s');
  }
});
