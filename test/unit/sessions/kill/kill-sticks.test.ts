import { describe, expect } from 'vitest';
import type { KillLatch } from '../../../../main/contracts/lp-record.ts';
import { expectDead, killed } from '../../../support/killed-lp.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

const foreign: KillLatch = { incidentId: 'incident-of-another-console', by: 'risk', reason: 'limit', atMs: 1_767_600_000_000 };

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
