import { expect, test } from 'vitest';
import { LOGON_LASTED_MS } from '../../../../main/contracts/lp-trouble.ts';
import type { LpState } from '../../../../main/contracts/lp-view.ts';
import { Trouble } from '../../../../main/sessions/lp/trouble.ts';
import { statsOf } from '../../../support/fake-engine.ts';
import { deskTest } from '../../../support/session-desk.ts';

const ON: LpState = { kind: 'logged-on' };
const NOW = 1_000_000;

const facts = (
  state: LpState,
  more: { readonly silent?: boolean; readonly wanted?: boolean; readonly status?: 0 | 1 | 2 } = {},
) => ({
  state,
  status: more.status ?? (0 as const),
  silent: more.silent ?? false,
  wanted: more.wanted ?? true,
});

test('a first attempt is no trouble, a failed one is, and what is tried then changes nothing', () => {
  const trouble = new Trouble();
  for (const state of [{ kind: 'connecting', step: 'engine' }, { kind: 'logon' }] as const) trouble.look(facts(state), NOW);
  expect(trouble.value).toBeNull();
  trouble.look(facts({ kind: 'retry', atMs: NOW, attempt: 1 }), NOW + 1);
  const value = { sinceMs: NOW + 1, downSinceMs: NOW + 1 };
  for (const state of [
    { kind: 'connecting', step: 'tcp' },
    { kind: 'logon' },
    { kind: 'retry', atMs: NOW, attempt: 2 },
    { kind: 'inactive' },
  ] as const) {
    trouble.look(facts(state), NOW + 50_000);
    expect(trouble.value).toEqual(value);
  }
});

test('it ends when a Logon has lasted, and a Logon that does not last ends nothing', () => {
  const trouble = new Trouble();
  trouble.look(facts({ kind: 'retry', atMs: NOW, attempt: 1 }), NOW);
  expect(trouble.look(facts(ON), NOW + 100)).toBe(LOGON_LASTED_MS);
  expect(trouble.look(facts(ON), NOW + 100 + LOGON_LASTED_MS - 1)).toBe(1);
  trouble.look(facts({ kind: 'stopping' }, { status: 2 }), NOW + 20_000);
  trouble.look(facts(ON), NOW + 30_000);
  trouble.look(facts(ON), NOW + 29_999 + LOGON_LASTED_MS);
  expect(trouble.value).toEqual({ sinceMs: NOW, downSinceMs: null });
  expect(trouble.look(facts(ON), NOW + 30_000 + LOGON_LASTED_MS)).toBeNull();
  expect(trouble.value).toBeNull();
});

test('silence and a gap are trouble of a session that is up', () => {
  for (const seen of [facts(ON, { silent: true }), facts({ kind: 'recovering', received: 1, total: 9 })]) {
    const trouble = new Trouble();
    trouble.look(facts(ON), NOW);
    trouble.look(seen, NOW + 5);
    expect(trouble.value).toEqual({ sinceMs: NOW + 5, downSinceMs: null });
  }
});

test('what an operator ends is no trouble, and what is not wanted any more has none', () => {
  const trouble = new Trouble();
  trouble.look(facts({ kind: 'stopping' }, { status: 1 }), NOW);
  expect(trouble.value).toBeNull();
  trouble.look(facts({ kind: 'error' }), NOW);
  trouble.look(facts({ kind: 'inactive' }, { wanted: false }), NOW);
  expect(trouble.value).toBeNull();
});

deskTest(
  'an LP that cannot be reached is in trouble all the time, over attempts and a restart, and until its Logon has lasted',
  async ({ desk }) => {
    const d = desk({ random: () => 1 });
    d.database.put('LP-A');
    d.launcher.script.connect = { code: 'tcp-refused' };
    await d.start();
    const seen = new Set<boolean>();
    d.manager.onViews(() => seen.add(d.view().trouble !== null));
    for (let step = 0; step < 40; step += 1) await d.clock.advance(250);
    d.launcher.script.connect = 'hold';
    await d.finish(d.manager.restart('LP-A'));
    expect(d.states).toContain('stopping');
    expect([...seen]).toEqual([true]);
    d.launcher.engine().logOn();
    await d.clock.advance(LOGON_LASTED_MS - 1);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, trouble: { downSinceMs: null } });
    await d.clock.advance(1);
    expect(d.view().trouble).toBeNull();
    d.launcher.engine().report({ type: 'stats', stats: statsOf({ silentSinceMs: d.clock.nowMs() }) });
    expect(d.view().trouble).toMatchObject({ sinceMs: d.clock.nowMs() });
  },
);

deskTest('a row that becomes invalid while its LP is down is down since then, whatever is read of it', async ({ desk }) => {
  const d = desk({ random: () => 1 });
  d.database.put('LP-A');
  d.launcher.script.connect = { code: 'tcp-refused' };
  await d.start();
  await d.clock.advance(5_000);
  const since = d.view().trouble?.downSinceMs;
  expect(since).toEqual(expect.any(Number));
  d.database.put('LP-A', { config: { valid: false, problems: [{ column: 'Port', rule: 'must be 1 to 65535' }] } });
  for (let reads = 0; reads < 5; reads += 1) await d.clock.advance(30_000);
  expect(d.state()).toBe('error');
  expect(d.view().trouble?.downSinceMs).toBe(since);
});
