import { describe, expect } from 'vitest';
import { type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

/** Nothing was started since the kill. */
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
