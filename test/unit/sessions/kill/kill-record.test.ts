import { describe, expect, it } from 'vitest';
import { KILL_STEPS, type KillStepName, type KillStepState, type LpKill } from '../../../../main/contracts/kill.ts';
import { alreadyKilled, begun, concluded, withStep } from '../../../../main/sessions/kill/kill-record.ts';

const stepOf = (lp: LpKill, name: KillStepName) => lp.steps.find((step) => step.name === name);
/** The steps taken one after the other, each a millisecond after the one before. */
const having = (lp: LpKill, ...steps: readonly [KillStepName, KillStepState, string?][]): LpKill =>
  steps.reduce((at, [name, state, text], i) => withStep(at, name, state, text ?? null, 100 + i), lp);

describe('the record of a killed LP', () => {
  it('begins with every step waiting', () => {
    const lp = begun('LP1');
    expect(lp).toMatchObject({ provider: 'LP1', outcome: 'running', log: [] });
    expect(lp.steps).toEqual(KILL_STEPS.map((name) => ({ name, state: 'waiting', atMs: null, text: null })));
  });

  it('of one that was killed before has nothing left to do', () => {
    const lp = alreadyKilled('LP1', { incidentId: 'i', by: 'b', reason: 'r', atMs: 7 }, 'killed before');
    expect(lp).toMatchObject({ provider: 'LP1', outcome: 'confirmed' });
    expect(lp.steps).toEqual(KILL_STEPS.map((name) => ({ name, state: 'skipped', atMs: 7, text: 'killed before' })));
    expect(lp.log).toEqual([{ atMs: 7, step: 'latch', state: 'skipped', text: 'killed before' }]);
  });

  it.each<[KillStepState, number | null]>([
    ['waiting', null],
    ['doing', null],
    ['done', 100],
    ['skipped', 100],
    ['deferred', 100],
    ['failed', 100],
  ])('has the time of a step that is %s as %s', (state, atMs) => {
    const lp = having(begun('LP1'), ['logout', state, 'why']);
    expect(stepOf(lp, 'logout')).toEqual({ name: 'logout', state, atMs, text: 'why' });
    expect(lp.steps.filter((step) => step.name !== 'logout').every((step) => step.state === 'waiting')).toBe(true);
    expect(lp.log).toEqual([{ atMs: 100, step: 'logout', state, text: 'why' }]);
  });

  it('does not take back what is done', () => {
    for (const state of ['waiting', 'doing', 'failed', 'skipped', 'deferred'] as const) {
      const lp = having(begun('LP1'), ['logout', 'done'], ['logout', state]);
      expect(stepOf(lp, 'logout')).toMatchObject({ state: 'done', atMs: 100 });
      expect(lp.log).toHaveLength(2);
    }
  });

  it.each<[KillStepState, KillStepState]>([
    ['waiting', 'skipped'],
    ['doing', 'skipped'],
    ['failed', 'failed'],
    ['deferred', 'deferred'],
  ])('takes a second attempt that finds nothing to do over %s for %s', (before, then) => {
    expect(stepOf(having(begun('LP1'), ['logout', before], ['logout', 'skipped']), 'logout')?.state).toBe(then);
  });

  it('notes the same once, and again when something else was between', () => {
    const lp = having(
      begun('LP1'),
      ['latch', 'failed', 'full'],
      ['logout', 'done'],
      ['latch', 'failed', 'full'],
      ['latch', 'failed', 'gone'],
      ['latch', 'doing', 'gone'],
      ['latch', 'failed', 'gone'],
    );
    expect(lp.log.map(({ step, state, text }) => `${step} ${state} ${text}`)).toEqual([
      'latch failed full',
      'logout done null',
      'latch failed gone',
      'latch doing gone',
      'latch failed gone',
    ]);
  });

  it('keeps two hundred entries, and still follows the steps', () => {
    const lp = having(
      begun('LP1'),
      ...Array.from({ length: 250 }, (_, i): [KillStepName, KillStepState, string] => ['latch', 'failed', `${i}`]),
      ['latch', 'done'],
    );
    expect(lp.log).toHaveLength(200);
    expect(stepOf(lp, 'latch')?.state).toBe('done');
  });
});

describe('the outcome', () => {
  const latched = having(begun('LP1'), ['latch', 'done']);

  it('is confirmed when it is latched on the disk and everything is gone', () => {
    expect(concluded(latched, true).outcome).toBe('confirmed');
    expect(concluded(latched, false).outcome).toBe('not-confirmed');
    expect(concluded(begun('LP1'), true).outcome).toBe('not-confirmed');
    expect(concluded(having(begun('LP1'), ['latch', 'failed'], ['logout', 'done']), true).outcome).toBe('not-confirmed');
  });

  it('becomes confirmed when what was missing is done after all', () => {
    const gone: [KillStepName, KillStepState][] = [
      ['socket-destroyed', 'done'],
      ['tunnel-stopped', 'skipped'],
      ['engine-stopped', 'done'],
    ];
    const unlatched = concluded(having(begun('LP1'), ...gone), true);
    expect(unlatched.outcome).toBe('not-confirmed');
    expect(having(unlatched, ['latch', 'done']).outcome).toBe('confirmed');
    for (const [name] of gone) {
      const running = concluded(having(latched, ...gone.filter(([other]) => other !== name), [name, 'failed']), false);
      expect(having(running, ['logout', 'done']).outcome).toBe('not-confirmed');
      expect(having(running, [name, 'done']).outcome).toBe('confirmed');
    }
    expect(having(latched, ...gone).outcome).toBe('running');
  });
});
