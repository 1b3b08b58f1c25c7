import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KillIncident } from '../../../../main/contracts/kill.ts';
import type { KillLatch } from '../../../../main/contracts/lp-record.ts';
import { KillSwitch } from '../../../../main/sessions/kill/kill-switch.ts';
import { FakeClock, settle } from '../../../support/fake-clock.ts';
import { FakeLatches } from '../../../support/fake-latches.ts';

let clock: FakeClock;
let latches: FakeLatches;
let announced: KillIncident[];
let killSwitch: KillSwitch;
/** What the disk did not take off. */
let failures: unknown[];
const failed = (error: unknown): void => {
  failures.push(error);
};
const open = (): KillSwitch => new KillSwitch(clock, latches, (incident) => announced.push(incident));
beforeEach(() => {
  clock = new FakeClock();
  latches = new FakeLatches();
  announced = [];
  failures = [];
  killSwitch = open();
});

afterEach(() => expect(failures).toEqual([]));

const kill = (providers: readonly string[], notKnownYet = false) =>
  killSwitch.begin({ providers, scope: providers.length === 1 ? 'lp' : 'all', by: 'trader', reason: 'runaway', notKnownYet });
const lpOf = (id: string, provider: string) => killSwitch.incident(id)?.lps.find((lp) => lp.provider === provider);
const latchStep = (id: string, provider: string) => lpOf(id, provider)?.steps[0];
const foreign: KillLatch = { incidentId: 'elsewhere', by: 'desk-2', reason: 'fat finger', atMs: 5 };

describe('a kill', () => {
  it('is in force when it returns, and on the disk when the disk says so', async () => {
    latches.hangs = true;
    const { incident, fresh } = kill(['LP1']);
    expect(fresh).toEqual(['LP1']);
    expect(incident).toMatchObject({ scope: 'lp', by: 'trader', reason: 'runaway', startedAtMs: clock.nowMs() });
    expect(killSwitch.latch('LP1')).toEqual({ incidentId: incident.id, by: 'trader', reason: 'runaway', atMs: clock.nowMs() });
    expect(latchStep(incident.id, 'LP1')).toEqual({
      name: 'latch',
      state: 'doing',
      atMs: null,
      text: 'in force; on its way to the disk',
    });
    latches.answer();
    await settle();
    expect(latchStep(incident.id, 'LP1')).toMatchObject({ state: 'done', text: null });
    expect(announced.at(-1)).toEqual(killSwitch.incident(incident.id));
  });

  it('says why the disk refuses, and of which LP', () => {
    latches.hangs = true;
    const { incident } = kill(['LP1', 'LP2']);
    latches.refuse('ENOSPC');
    for (const provider of ['LP1', 'LP2'])
      expect(latchStep(incident.id, provider)).toMatchObject({ state: 'failed', text: expect.stringContaining('ENOSPC') });
  });

  it('waits 3 s for a disk that hangs, and not for one that has answered', async () => {
    latches.hangs = true;
    const { incident } = kill(['LP1']);
    let answered = false;
    void killSwitch.diskAnswered(incident.id, 'LP1').then(() => {
      answered = true;
    });
    await clock.advance(2_999);
    expect(answered).toBe(false);
    await clock.advance(1);
    expect(answered).toBe(true);
    latches.answer();
    await settle();
    await killSwitch.diskAnswered(incident.id, 'LP1');
    await killSwitch.diskAnswered('unknown', 'LP1');
    await killSwitch.onDisk('unknown');
  });

  it('pressed twice is one, and tries the disk at once', () => {
    const first = kill(['LP1', 'LP2']);
    expect(latches.tries).toBe(0);
    expect(kill(['LP1', 'LP2'])).toEqual({ incident: killSwitch.incident(first.incident.id), fresh: [] });
    expect(kill(['LP2']).incident.id).toBe(first.incident.id);
    expect(latches.tries).toBe(2);
    expect(killSwitch.incidents()).toHaveLength(1);
  });

  it('of more LPs ends the sessions of those that were not killed before', () => {
    const first = kill(['LP1']);
    clock.setBy(1000);
    const both = kill(['LP1', 'LP2']);
    expect(both.fresh).toEqual(['LP2']);
    expect(lpOf(both.incident.id, 'LP1')).toMatchObject({ outcome: 'confirmed' });
    expect(latchStep(both.incident.id, 'LP1')).toMatchObject({ state: 'skipped', text: 'killed before' });
    expect(lpOf(both.incident.id, 'LP2')?.outcome).toBe('running');
    // Each has an incident of its own, and one shows both.
    expect(killSwitch.latch('LP1')?.incidentId).toBe(first.incident.id);
    expect(kill(['LP1', 'LP2']).incident.id).toBe(both.incident.id);
    expect(kill(['LP1']).incident.id).toBe(first.incident.id);
  });

  it('shows no incident from before an LP was killed again', async () => {
    const both = kill(['LP1', 'LP2']).incident;
    killSwitch.beginRearm('LP2');
    await killSwitch.finishRearm('LP2', both.id);
    clock.setBy(1000);
    const again = kill(['LP2']).incident;
    const shown = kill(['LP1', 'LP2']);
    expect(shown.fresh).toEqual([]);
    expect([both.id, again.id]).not.toContain(shown.incident.id);
    expect(shown.incident.lps.map(({ outcome }) => outcome)).toEqual(['confirmed', 'confirmed']);
  });

  it('is shown with the newest first, twenty of them', () => {
    const ids = Array.from({ length: 22 }, (_, i) => kill([`LP${i}`]).incident.id);
    expect(killSwitch.incidents().map(({ id }) => id)).toEqual(ids.slice(2).reverse());
    expect(killSwitch.incident(ids[0] ?? '')?.id).toBe(ids[0]);
    expect(killSwitch.incident('unknown')).toBeNull();
  });
});

it('remembers what is in force, and twenty of those that are over', async () => {
  const stands = kill(['stands']).incident.id;
  killSwitch.conclude(stands, 'stands', true);
  const over: string[] = [];
  for (let i = 0; i < 50; i += 1) {
    const { id } = kill(['LP1']).incident;
    over.push(id);
    killSwitch.conclude(id, 'LP1', true);
    killSwitch.beginRearm('LP1');
    await killSwitch.finishRearm('LP1', id);
  }
  const last = kill(['LP1']).incident.id;
  expect(over.filter((id) => killSwitch.incident(id) !== null)).toEqual(over.slice(-20));
  expect([stands, last].map((id) => killSwitch.incident(id)?.id)).toEqual([stands, last]);
});

describe('a kill of what the database has not told yet', () => {
  it('holds for every LP, and is on each once it is known', async () => {
    const { incident, fresh } = kill(['LP1'], true);
    expect(fresh).toEqual(['LP1']);
    expect(killSwitch.latch('LP9')?.incidentId).toBe(incident.id);
    expect(killSwitch.latched()).toEqual(['LP1']);
    const known = killSwitch.nowKnown(['LP1', 'LP2'], failed);
    expect(known).toMatchObject({ id: incident.id, scope: 'all' });
    expect(known?.lps.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ['LP1', 'running'],
      ['LP2', 'confirmed'],
    ]);
    expect(latchStep(incident.id, 'LP2')).toMatchObject({ text: 'killed before it was known' });
    await settle();
    expect([...latches.latches.keys()].sort()).toEqual(['LP1', 'LP2']);
    expect(killSwitch.latch('LP9')).toBeNull();
    expect(killSwitch.nowKnown(['LP1', 'LP2'], failed)).toBeNull();
  });

  it('stays on all until each has its own on the disk', async () => {
    const { incident } = kill([], true);
    latches.hangs = true;
    expect(killSwitch.nowKnown(['LP1'], failed)).not.toBeNull();
    expect(killSwitch.nowKnown(['LP1'], failed)).toBeNull();
    await settle();
    expect(killSwitch.latch('LP9')?.incidentId).toBe(incident.id);
    latches.answer();
    await settle();
    expect(killSwitch.latch('LP9')).toBeNull();
  });

  it('stays on all when the disk refuses, says so, and is tried again', async () => {
    const { incident } = kill([], true);
    latches.refusesToClear = true;
    killSwitch.nowKnown(['LP1'], failed);
    await settle();
    expect(failures.splice(0)).toEqual([new Error('read-only file system')]);
    expect(killSwitch.latch('LP9')?.incidentId).toBe(incident.id);
    latches.refusesToClear = false;
    expect(killSwitch.nowKnown(['LP1'], failed)).not.toBeNull();
    await settle();
    expect(killSwitch.latch('LP9')).toBeNull();
  });
});

describe('latches that stand already', () => {
  it('on the disk at the start are shown as the kills that they were', () => {
    latches.latches
      .set('LP1', foreign)
      .set('LP2', foreign)
      .set('LP3', { ...foreign, incidentId: 'other' });
    killSwitch = open();
    expect(killSwitch.latched()).toEqual(['LP1', 'LP2', 'LP3']);
    expect(killSwitch.incident('elsewhere')).toMatchObject({ scope: 'all', by: 'desk-2', reason: 'fat finger', startedAtMs: 5 });
    expect(killSwitch.incident('elsewhere')?.lps.map(({ provider }) => provider)).toEqual(['LP1', 'LP2']);
    expect(killSwitch.incident('other')).toMatchObject({ scope: 'lp' });
    expect(latchStep('other', 'LP3')).toMatchObject({ state: 'skipped', text: 'killed before this start' });
    expect(killSwitch.settled('elsewhere')).toBe(true);
  });

  it('elsewhere are taken over, with or without a session to end', async () => {
    const idle = killSwitch.adopt('LP1', foreign, false);
    expect(idle).toMatchObject({ id: 'elsewhere', scope: 'lp' });
    expect(lpOf('elsewhere', 'LP1')?.outcome).toBe('confirmed');
    expect(killSwitch.running('LP1')).toBe(false);
    expect(killSwitch.adopt('LP2', foreign, true)).toMatchObject({ scope: 'all' });
    expect(killSwitch.running('LP2')).toBe(true);
    expect(killSwitch.running('LP1')).toBe(false);
    expect(killSwitch.settled('elsewhere')).toBe(false);
    await killSwitch.onDisk('elsewhere');
    killSwitch.conclude('elsewhere', 'LP2', true);
    expect(killSwitch.settled('elsewhere')).toBe(true);
    expect(lpOf('elsewhere', 'LP2')?.outcome).toBe('confirmed');
    // Once more for the same LP is the same LP, with all that is noted of it.
    const again = killSwitch.adopt('LP1', foreign, true);
    expect(again.lps.map(({ provider }) => provider)).toEqual(['LP2', 'LP1']);
    expect(lpOf('elsewhere', 'LP1')?.log[0]).toMatchObject({ state: 'skipped' });
  });
});

describe('the record of a kill', () => {
  it('takes the steps of the right LP', () => {
    const { incident } = kill(['LP1', 'LP2']);
    killSwitch.observer(incident.id, 'LP2')('logout', 'done', 'answered');
    const logout = (provider: string) => lpOf(incident.id, provider)?.steps.find(({ name }) => name === 'logout');
    expect(logout('LP2')).toEqual({ name: 'logout', state: 'done', atMs: clock.nowMs(), text: 'answered' });
    expect(logout('LP1')?.state).toBe('waiting');
    killSwitch.observer('unknown', 'LP2')('logout', 'failed', null);
    killSwitch.conclude('unknown', 'LP2', true);
    expect(killSwitch.settled('unknown')).toBe(true);
    expect(killSwitch.running('LP3')).toBe(false);
  });

  it.each([
    [null, 'done'],
    ['the database is away', 'deferred'],
  ])('says of each LP whether the audit has it: %s', (error, state) => {
    const { incident } = kill(['LP1', 'LP2']);
    killSwitch.auditWritten(incident.id, error);
    killSwitch.auditWritten('unknown', error);
    for (const provider of ['LP1', 'LP2'])
      expect(lpOf(incident.id, provider)?.steps.at(-1)).toMatchObject({ name: 'audit-written', state, text: error });
  });
});

describe('a re-arm', () => {
  it('takes the latch off, and remembers that it did', async () => {
    const { id } = kill(['LP1']).incident;
    killSwitch.beginRearm('LP1');
    expect(killSwitch.rearming('LP1')).toBe(true);
    expect(killSwitch.wasRearmed('LP1', id)).toBe(false);
    expect(await killSwitch.finishRearm('LP1', id)).toBe(true);
    expect(killSwitch.latch('LP1')).toBeNull();
    expect(killSwitch.rearming('LP1')).toBe(false);
    expect(killSwitch.wasRearmed('LP1', id)).toBe(true);
    expect(killSwitch.wasRearmed('LP2', id)).toBe(false);
  });

  it('that was not begun, or was abandoned, takes nothing off', async () => {
    const { id } = kill(['LP1']).incident;
    expect(await killSwitch.finishRearm('LP1', id)).toBe(false);
    killSwitch.beginRearm('LP1');
    killSwitch.abandonRearm('LP1');
    expect(killSwitch.rearming('LP1')).toBe(false);
    expect(await killSwitch.finishRearm('LP1', id)).toBe(false);
    expect(killSwitch.latch('LP1')?.incidentId).toBe(id);
  });

  it('gives way to a kill meanwhile', async () => {
    const { id } = kill(['LP1']).incident;
    killSwitch.beginRearm('LP1');
    const again = kill(['LP1']);
    expect(again.fresh).toEqual(['LP1']);
    expect(await killSwitch.finishRearm('LP1', id)).toBe(false);
    expect(killSwitch.latch('LP1')?.incidentId).toBe(again.incident.id);
  });

  it('fails where the disk refuses: it stays killed', async () => {
    const { id } = kill(['LP1']).incident;
    latches.refusesToClear = true;
    killSwitch.beginRearm('LP1');
    await expect(killSwitch.finishRearm('LP1', id)).rejects.toThrow('read-only');
    expect(killSwitch.latch('LP1')?.incidentId).toBe(id);
    expect(killSwitch.rearming('LP1')).toBe(false);
    expect(killSwitch.wasRearmed('LP1', id)).toBe(false);
  });
});
