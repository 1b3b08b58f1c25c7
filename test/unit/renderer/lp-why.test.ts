import { expect, test } from 'vitest';
import type { ReasonCode } from '../../../main/contracts/disconnect-reason.ts';
import type { LpView } from '../../../main/contracts/lp-view.ts';
import { whyOf } from '../../../renderer/store/lp-why.ts';
import { loggedOn, lpIn, NOW, statsWith } from './lp-views.ts';

test('a healthy session says nothing', () => {
  expect(whyOf(loggedOn(), NOW)).toEqual({ layer: null, text: '', next: '' });
});

test("a refused logon gives the layer, the LP's own words, and that retrying may not help", () => {
  const lp = lpIn(
    { kind: 'retry', atMs: NOW + 5_000, attempt: 2 },
    { reason: { code: 'logon-refused', peerText: 'Invalid password' } },
  );
  expect(whyOf(lp, NOW)).toEqual({
    layer: 'logon',
    text: 'Logon refused: “Invalid password”',
    next: 'retried, but that may not help',
  });
});

test('a lost link is retried by itself', () => {
  const lp = lpIn({ kind: 'retry', atMs: NOW, attempt: 1 }, { reason: { code: 'tcp-refused', detail: 'ECONNREFUSED' } });
  expect(whyOf(lp, NOW)).toEqual({ layer: 'tcp', text: 'Connection refused (ECONNREFUSED)', next: 'retried by itself' });
});

test('an invalid row names every column and rule', () => {
  const lp = lpIn(
    { kind: 'error' },
    {
      reason: { code: 'config-invalid' },
      problems: [
        { column: 'Port', rule: 'must be a whole number from 1 to 65535' },
        { column: 'HeartBtInt', rule: 'must be a whole number from 1 to 3600' },
      ],
    },
  );
  expect(whyOf(lp, NOW)).toEqual({
    layer: 'config',
    text: 'Port: must be a whole number from 1 to 65535; HeartBtInt: must be a whole number from 1 to 3600',
    next: 'correct the configuration',
  });
});

test('a kill says by whom, when and why', () => {
  const latch = { incidentId: 'i', by: 'desk-2', reason: 'wrong prices', atMs: NOW - 60_000 };
  const why = whyOf(lpIn({ kind: 'killed', latch }), NOW);
  expect(why.text).toBe('by desk-2 at 09:29:00: wrong prices');
  expect(why.next).toBe('re-arm to use it again');
});

test('an open gap of a live session is said', () => {
  expect(whyOf(loggedOn({ stats: statsWith({ gap: { from: 120, to: 140 } }) }), NOW).text).toBe('Gap 120–140 is open');
  expect(whyOf(loggedOn({ stats: statsWith({ gap: { from: 120, to: 0 } }) }), NOW).text).toBe('Gap 120… is open');
});

test('off schedule counts down to the opening', () => {
  const lp = lpIn({ kind: 'off-schedule', opensAtMs: NOW + 2 * 3_600_000 });
  expect(whyOf(lp, NOW).next).toBe('opens 11:30:00, in 2 h 00 m');
});

test('an error says who ends it: the desk, or the database when it is back', () => {
  const next = (code: ReasonCode) => whyOf(lpIn({ kind: 'error' }, { reason: { code } }), NOW).next;
  expect(next('tunnel-missing')).toBe('not retried: it needs you');
  expect(next('sequence-repair')).toBe('repair the numbers');
  expect(next('database-lost')).toBe('starts by itself when the database is back');
});

test('an LP of another console says how it is doing there', () => {
  const next = (more: Partial<LpView>) => whyOf(lpIn({ kind: 'foreign', owner: 'desk-2/7' }, more), NOW).next;
  const silentOwner = { name: 'desk-2/7', sinceMs: NOW - 60_000 };
  expect(whyOf(lpIn({ kind: 'foreign', owner: 'desk-2/7' }, { silentOwner }), NOW)).toEqual({
    layer: 'operator',
    text: 'owned by desk-2/7, silent since 09:29:00',
    next: 'take it over when that console is gone',
  });
  expect(next({ status: 1, reason: null })).toBe('logged on there');
  expect(next({ status: 0, reason: null })).toBe('not logged on there');
  expect(next({ status: 2, reason: { code: 'tcp-refused' } })).toBe('in error there: Connection refused');
});
