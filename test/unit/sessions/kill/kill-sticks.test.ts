import { describe, expect } from 'vitest';
import type { KillLatch } from '../../../../main/contracts/lp-record.ts';
import type { LatchStore } from '../../../../main/sessions/kill/latch-store.ts';
import { settle } from '../../../support/fake-clock.ts';
import { MemoryDatabase } from '../../../support/memory-database.ts';
import { type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

const foreign: KillLatch = { incidentId: 'incident-of-another-console', by: 'risk', reason: 'limit', atMs: 1_767_600_000_000 };

async function killed(d: SessionDesk): Promise<string> {
  d.database.put('LP-A');
  await d.start();
  const { id } = await d.killAndSettle('LP-A');
  await settle();
  return id;
}
/** Nothing was started since the kill. */
function expectDead(d: SessionDesk): void {
  expect(d.state()).toBe('killed');
  expect(d.launcher.alive('LP-A')).toEqual([]);
  expect(d.database.row('LP-A').status).toBe(0);
}

describe('a killed LP is not brought back by', () => {
  test('time, the database saying active, a changed configuration, or a storm of notices', async ({ desk }) => {
    const d = desk();
    await killed(d);
    await d.clock.advance(3_600_000);
    d.database.put('LP-A', { desired: 'active' });
    d.database.configure('LP-A', { host: '192.0.2.77' });
    for (let i = 0; i < 100; i += 1) d.database.notify(null);
    await d.clock.advance(60_000);
    expectDead(d);
    expect(d.launcher.engines).toHaveLength(1);
  });

  test('an activation or a restart', async ({ desk }) => {
    const d = desk();
    await killed(d);
    expect(await d.manager.activate('LP-A')).toMatchObject({ ok: false, error: { kind: 'user', code: 'killed' } });
    expect(await d.manager.restart('LP-A')).toMatchObject({ ok: false, error: { kind: 'user', code: 'killed' } });
    expectDead(d);
  });

  test('deleting the row and making it again', async ({ desk }) => {
    const d = desk();
    const id = await killed(d);
    d.database.remove('LP-A');
    await d.clock.advance(5_000);
    expect(d.manager.view('LP-A')).toBeNull();
    d.database.put('LP-A');
    await d.clock.advance(1_000);
    expectDead(d);
    expect(d.database.row('LP-A').killed?.incidentId).toBe(id);
  });

  test('a restart of the console, even while the database is away', async ({ desk }) => {
    const d = desk();
    const id = await killed(d);
    await d.close();
    d.database.goAway();
    const again = desk({ database: d.database, dataDir: d.dataDir, clock: d.clock });
    await again.start();
    expect(again.view().state).toMatchObject({ kind: 'killed', latch: { incidentId: id, by: 'trader', reason: 'runaway' } });
    // A second press shows the incident of before, and is no new one.
    expect(again.kill('LP-A').id).toBe(id);
    expect((await again.manager.killSettled(id)).lps).toMatchObject([{ provider: 'LP-A', outcome: 'confirmed' }]);
    expect(await again.manager.rearm('LP-A')).toMatchObject({ ok: false });
    again.database.comeBack();
    again.database.put('LP-A', { desired: 'active' });
    await again.clock.advance(60_000);
    expectDead(again);
    expect(again.launcher.engines).toEqual([]);
  });

  test('a restart of the console when the database never heard of the kill', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.goAway();
    const { id } = await d.killAndSettle('LP-A');
    await d.close();
    expect(d.database.row('LP-A')).toMatchObject({ desired: 'active', killed: null, status: 1 });
    d.database.comeBack();
    d.database.leasesEnd();
    const again = desk({ database: d.database, dataDir: d.dataDir, clock: d.clock });
    await again.start();
    await again.clock.advance(1_000);
    expectDead(again);
    expect(again.launcher.engines).toEqual([]);
    // And the other consoles can learn of it now.
    expect(again.database.row('LP-A')).toMatchObject({ killed: { incidentId: id, by: 'trader' }, status: 0, owner: null });
  });

  test('the kill of one that is set in the database by SQL', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.put('LP-A', { killed: foreign });
    await d.clock.advance(5_000);
    expectDead(d);
    expect(d.launcher.engine().types().slice(-3)).toEqual(['block-outbound', 'logout', 'stop']);
    expect(d.manager.incidents()).toMatchObject([{ id: foreign.incidentId, by: 'risk', lps: [{ outcome: 'confirmed' }] }]);
    expect(d.settled.map(({ id }) => id)).toEqual([foreign.incidentId]);
  });

  test('an activation that reads the kill of another console first', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { desired: 'inactive' });
    await d.start();
    // No notice has come of it yet.
    d.database.holdReads();
    d.database.put('LP-A', { killed: foreign });
    const activated = d.manager.activate('LP-A');
    d.database.letReadsGo();
    expect(await d.finish(activated)).toMatchObject({ ok: false, error: { code: 'killed' } });
    expect(d.launcher.engines).toEqual([]);
  });

  test('many rows of one kill make one incident', async ({ desk }) => {
    const d = desk();
    for (const provider of ['LP-A', 'LP-B', 'LP-C']) d.database.put(provider);
    await d.start();
    for (const provider of ['LP-A', 'LP-B', 'LP-C']) d.database.put(provider, { killed: foreign });
    await d.clock.advance(5_000);
    const [incident, ...more] = d.manager.incidents();
    expect(more).toEqual([]);
    expect(incident?.lps.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ['LP-A', 'confirmed'],
      ['LP-B', 'confirmed'],
      ['LP-C', 'confirmed'],
    ]);
    expect(d.launcher.alive()).toEqual([]);
  });
});

describe('re-arming', () => {
  test('leaves the LP inactive until it is activated', async ({ desk }) => {
    const d = desk();
    const id = await killed(d);
    expect(await d.finish(d.manager.rearm('LP-A'))).toEqual({ ok: true, value: null });
    await d.clock.advance(60_000);
    expect(d.view()).toMatchObject({ state: { kind: 'inactive' }, status: 0, reason: null });
    expect(d.database.row('LP-A')).toMatchObject({
      desired: 'inactive',
      killed: null,
      rearmedIncident: id,
      status: 0,
      owner: null,
    });
    expect(d.launcher.engines).toHaveLength(1);
    expect(await d.finish(d.manager.activate('LP-A'))).toEqual({ ok: true, value: null });
    expect(d.state()).toBe('logged-on');
  });

  test('leaves it inactive though the database said active while it was killed', async ({ desk }) => {
    const d = desk();
    await killed(d);
    d.database.put('LP-A', { desired: 'active' });
    await settle();
    await d.finish(d.manager.rearm('LP-A'));
    await d.clock.advance(60_000);
    expect(d.state()).toBe('inactive');
    expect(d.launcher.engines).toHaveLength(1);
  });

  test('holds over a restart of the console', async ({ desk }) => {
    const d = desk();
    await killed(d);
    await d.finish(d.manager.rearm('LP-A'));
    await d.close();
    const again = desk({ database: d.database, dataDir: d.dataDir, clock: d.clock });
    await again.start();
    expect(again.state()).toBe('inactive');
  });

  test('is refused when it is not killed, while the kill goes on, and while the database is away', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    expect(await d.manager.rearm('LP-A')).toMatchObject({ ok: false, error: { kind: 'user', code: 'not-killed' } });
    const { id } = d.kill('LP-A');
    await d.clock.advance(100);
    expect(await d.manager.rearm('LP-A')).toMatchObject({ ok: false, error: { kind: 'user', code: 'kill-running' } });
    await d.finish(d.manager.killSettled(id));
    d.database.goAway();
    expect(await d.finish(d.manager.rearm('LP-A'))).toMatchObject({
      ok: false,
      error: { kind: 'operational', code: 'database-away', message: expect.stringContaining('stays killed') },
    });
    d.database.comeBack();
    await d.clock.advance(10_000);
    expectDead(d);
    expect(d.database.row('LP-A').killed?.incidentId).toBe(id);
  });

  test('waits for what the kill has still to write, which would kill it again', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.goAway();
    await d.killAndSettle('LP-A');
    d.database.comeBack();
    // The queue tries again within a second; the re-arm does not overtake it.
    expect(await d.finish(d.manager.rearm('LP-A'))).toEqual({ ok: true, value: null });
    await d.clock.advance(60_000);
    expect(d.state()).toBe('inactive');
    expect(d.database.row('LP-A')).toMatchObject({ killed: null, desired: 'inactive', status: 0 });
  });

  test('is not undone by a row that was read before it', async ({ desk }) => {
    const d = desk();
    await killed(d);
    d.database.put('LP-A', { desired: 'active' });
    await settle();
    d.database.holdReads();
    d.database.notify(null);
    await settle();
    expect(d.database.heldReads).toBe(1);
    const rearmed = d.manager.rearm('LP-A');
    await settle();
    // The row as it stood before arrives now: killed, and active.
    d.database.letReadsGo();
    await d.finish(rearmed);
    await d.clock.advance(60_000);
    expect(d.state()).toBe('inactive');
    expect(d.database.row('LP-A').killed).toBeNull();
    expect(d.launcher.engines).toHaveLength(1);
  });

  test('that meets a new kill loses: the LP stays killed', async ({ desk }) => {
    let pressKill: () => void = () => undefined;
    const database = new MemoryDatabase((what) => {
      if (what === 'database LP-A: unlatch') pressKill();
    });
    const d = desk({ database });
    const first = await killed(d);
    let second = '';
    pressKill = () => {
      second = d.kill('LP-A').id;
    };
    expect(await d.finish(d.manager.rearm('LP-A'))).toMatchObject({ ok: false, error: { kind: 'user', code: 'killed-again' } });
    expect(second).not.toBe(first);
    await d.clock.advance(10_000);
    expectDead(d);
    expect(d.database.row('LP-A').killed?.incidentId).toBe(second);
    expect(d.view().state).toMatchObject({ latch: { incidentId: second } });
    expect((await d.manager.killSettled(second)).lps[0]?.outcome).toBe('confirmed');
  });

  test('that the disk refuses leaves it killed, and can be tried again', async ({ desk }) => {
    let full = false;
    const d = desk({
      latches: (real): LatchStore => ({
        ...real,
        clear: (provider) => {
          if (full) throw new Error('EROFS: read-only file system');
          real.clear(provider);
        },
      }),
    });
    await killed(d);
    full = true;
    expect(await d.finish(d.manager.rearm('LP-A'))).toMatchObject({
      ok: false,
      error: { kind: 'operational', code: 'latch-on-disk' },
    });
    expect(d.state()).toBe('killed');
    full = false;
    expect(await d.finish(d.manager.rearm('LP-A'))).toEqual({ ok: true, value: null });
    expect(d.state()).toBe('inactive');
  });

  test('an LP can be killed again, with an incident of its own', async ({ desk }) => {
    const d = desk();
    const first = await killed(d);
    await d.finish(d.manager.rearm('LP-A'));
    await d.finish(d.manager.activate('LP-A'));
    const second = await d.killAndSettle('LP-A');
    expect(second.id).not.toBe(first);
    expect(second.lps[0]?.outcome).toBe('confirmed');
    await d.clock.advance(10_000);
    expectDead(d);
    expect(d.database.row('LP-A')).toMatchObject({ killed: { incidentId: second.id }, rearmedIncident: first });
  });
});

describe('a kill of all on a console that does not know its LPs yet', () => {
  const killAll = (d: SessionDesk) => d.manager.kill([], 'all', 'risk', 'limit breached');

  test('holds for every LP that the database tells later', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.put('LP-B');
    d.database.goAway();
    await d.start();
    const pressed = killAll(d);
    if (!pressed.ok) throw new Error(pressed.error.message);
    expect(pressed.value.lps).toMatchObject([{ provider: 'every LP not known yet', outcome: 'running' }]);
    expect(killAll(d)).toMatchObject({ ok: true, value: { id: pressed.value.id } });
    expect(d.settled).toEqual([]);
    d.database.comeBack();
    await d.clock.advance(5_000);
    expect(d.launcher.engines).toEqual([]);
    for (const provider of ['LP-A', 'LP-B']) {
      expect(d.view(provider)).toMatchObject({ state: { kind: 'killed', latch: { by: 'risk' } }, status: 0 });
      expect(d.database.row(provider)).toMatchObject({ desired: 'inactive', killed: { incidentId: pressed.value.id } });
    }
    expect(d.settled).toMatchObject([{ id: pressed.value.id, scope: 'all', lps: [{ provider: 'LP-A' }, { provider: 'LP-B' }] }]);
    expect(await d.finish(d.manager.rearm('LP-A'))).toEqual({ ok: true, value: null });
    await d.clock.advance(5_000);
    expect(d.state('LP-A')).toBe('inactive');
    expect(await d.finish(d.manager.activate('LP-A'))).toEqual({ ok: true, value: null });
    expect([d.state('LP-A'), d.state('LP-B')]).toEqual(['logged-on', 'killed']);
  });

  test('holds over a restart of the console', async ({ desk }) => {
    const first = desk();
    first.database.put('LP-A');
    first.database.goAway();
    await first.start();
    killAll(first);
    await first.close();
    const second = desk({ database: first.database, dataDir: first.dataDir });
    await second.start();
    first.database.comeBack();
    await second.clock.advance(5_000);
    expect(second.state()).toBe('killed');
    expect(second.launcher.engines).toEqual([]);
    expect(second.manager.incidents()).toMatchObject([{ scope: 'all', lps: [{ provider: 'LP-A', outcome: 'confirmed' }] }]);
  });

  test('is nothing to kill once the database has told that there is no LP', async ({ desk }) => {
    const d = desk();
    await d.start();
    expect(killAll(d)).toMatchObject({ ok: false, error: { code: 'nothing-to-kill' } });
  });
});
