import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { latchesOnDisk, stepsOf } from '../../../support/incidents.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('kill all', () => {
  const providers = Array.from({ length: 50 }, (_, i) => `LP-${String(i + 1).padStart(2, '0')}`);

  test('ends fifty LPs side by side, and says which one it could not end', async ({ desk }) => {
    const d = desk();
    d.leaves = true;
    for (const provider of providers) d.database.put(provider);
    await d.start();
    expect(d.launcher.alive().filter(({ loggedOn }) => loggedOn)).toHaveLength(50);
    for (const engine of d.launcher.engines) engine.script.logout = 'silent';
    d.launcher.engine('LP-07').script.health = 'immortal';
    d.launcher.engine('LP-09').script.health = 'wedged';
    const began = d.clock.nowMs();
    const pressed = d.manager.kill(providers, 'all', 'trader', 'runaway');
    if (!pressed.ok) throw new Error(pressed.error.message);
    expect(Object.keys(latchesOnDisk(d))).toHaveLength(50);
    const incident = await d.finish(d.manager.killSettled(pressed.value.id));
    // As long as one of them, not fifty times: LogoutAckThreshold, grace and the deadlines of the one that does not end.
    expect(d.clock.nowMs() - began).toBeLessThan(10_000);
    const open = incident.lps.filter(({ outcome }) => outcome !== 'confirmed');
    expect(open.map(({ provider, outcome }) => [provider, outcome])).toEqual([['LP-07', 'not-confirmed']]);
    expect(d.launcher.alive().map(({ provider }) => provider)).toEqual(['LP-07']);
    expect(d.settled).toHaveLength(1);
    await settle();
    for (const provider of providers) {
      expect(d.database.row(provider)).toMatchObject({ status: 0, desired: 'inactive', killed: { incidentId: incident.id } });
    }
  });

  test('shows LPs that were killed before as such, and ends the others', async ({ desk }) => {
    const d = desk();
    for (const provider of ['LP-A', 'LP-B', 'LP-C']) d.database.put(provider);
    await d.start();
    const first = await d.killAndSettle('LP-A');
    const all = d.manager.kill(['LP-A', 'LP-B', 'LP-C'], 'all', 'risk', 'everything');
    if (!all.ok) throw new Error(all.error.message);
    const incident = await d.finish(d.manager.killSettled(all.value.id));
    expect(incident.scope).toBe('all');
    // Two that end in the same moment settle it once.
    expect(d.settled.filter(({ id }) => id === incident.id)).toHaveLength(1);
    expect(stepsOf(incident, 'LP-A').latch).toBe('skipped');
    expect(stepsOf(incident, 'LP-B').latch).toBe('done');
    expect(d.view('LP-A').state).toMatchObject({ latch: { incidentId: first.id, by: 'trader' } });
    // The same press again shows the same; one LP of it shows the incident that killed it.
    expect(d.manager.kill(['LP-A', 'LP-B', 'LP-C'], 'all', 'risk', 'again')).toMatchObject({ value: { id: incident.id } });
    expect(d.kill('LP-B').id).toBe(incident.id);
    expect(d.kill('LP-A').id).toBe(first.id);
  });

  test('of LPs that were all killed one by one is a record of its own, complete at once', async ({ desk }) => {
    const d = desk();
    for (const provider of ['LP-A', 'LP-B']) d.database.put(provider);
    await d.start();
    await d.killAndSettle('LP-A');
    await d.killAndSettle('LP-B');
    const all = d.manager.kill(['LP-A', 'LP-B'], 'all', 'risk', 'everything');
    if (!all.ok) throw new Error(all.error.message);
    expect(all.value.lps.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ['LP-A', 'confirmed'],
      ['LP-B', 'confirmed'],
    ]);
    expect((await d.manager.killSettled(all.value.id)).id).toBe(all.value.id);
    expect(d.settled.at(-1)?.id).toBe(all.value.id);
    expect(d.manager.kill(['LP-A', 'LP-B'], 'all', 'risk', 'again')).toMatchObject({ value: { id: all.value.id } });
  });
});
