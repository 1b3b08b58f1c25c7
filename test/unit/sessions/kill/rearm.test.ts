import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { expectDead, killed } from '../../../support/killed-lp.ts';
import { MemoryDatabase } from '../../../support/memory-database.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

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
      rearmed: [id],
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
    const d = desk();
    await killed(d);
    d.disk.mood = new Error('EROFS: read-only file system');
    expect(await d.finish(d.manager.rearm('LP-A'))).toMatchObject({
      ok: false,
      error: { kind: 'operational', code: 'latch-on-disk' },
    });
    expect(d.state()).toBe('killed');
    d.disk.mood = 'works';
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
    expect(d.database.row('LP-A')).toMatchObject({ killed: { incidentId: second.id }, rearmed: [first] });
  });
});
