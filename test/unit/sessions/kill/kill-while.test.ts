import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { outcomeOf, stepsOf, textOf, throughTunnel } from '../../../support/incidents.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('a kill while', () => {
  test('the engine starts leaves nothing behind', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.start = 'hold';
    await d.start();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(d.launcher.engine().types()).toEqual(['start', 'block-outbound', 'stop']);
  });

  test('it connects closes that connection', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.connect = 'hold';
    await d.start();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(d.launcher.engine().types()).toEqual(['start', 'connect', 'block-outbound', 'logout', 'stop']);
  });

  test('the tunnel starts ends that tunnel too, and nothing dials through it', async ({ desk }) => {
    const d = desk();
    throughTunnel(d);
    d.tunnels.holds = true;
    await d.start();
    expect(d.view().state).toEqual({ kind: 'connecting', step: 'tunnel' });
    const { id } = d.kill('LP-A');
    await d.clock.advance(1_000);
    d.tunnels.letGo();
    const incident = await d.finish(d.manager.killSettled(id));
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(stepsOf(incident)).toMatchObject({ 'tunnel-stopped': 'done', 'engine-stopped': 'done' });
    expect(d.tunnels.tunnels).toHaveLength(1);
    expect(d.tunnels.alive()).toEqual([]);
    expect(d.launcher.engine().types()).not.toContain('connect');
  });

  test('the tunnel starts gives that start up and does not wait for it', async ({ desk }) => {
    const d = desk();
    throughTunnel(d);
    d.tunnels.holds = true;
    d.tunnels.obeys = true;
    await d.start();
    const { id, startedAtMs } = d.kill('LP-A');
    const incident = await d.finish(d.manager.killSettled(id));
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(stepsOf(incident)).toMatchObject({ 'tunnel-stopped': 'skipped', 'engine-stopped': 'done' });
    expect(d.clock.nowMs() - startedAtMs).toBeLessThan(500);
    expect(d.tunnels.tunnels).toEqual([]);
  });

  test('the tunnel starts and does not come back from it is not confirmed', async ({ desk }) => {
    const d = desk();
    throughTunnel(d);
    d.tunnels.holds = true;
    await d.start();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('not-confirmed');
    expect(stepsOf(incident)).toMatchObject({ 'tunnel-stopped': 'failed', 'engine-stopped': 'done' });
    d.tunnels.letGo();
    await d.close();
  });

  test('it waits to retry ends the wait', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    d.database.put('LP-A');
    d.launcher.script.connect = { code: 'tcp-refused' };
    await d.start();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(textOf(incident, 'logout')).toBe('not connected');
    await d.clock.advance(120_000);
    expect(
      d.launcher
        .engine()
        .types()
        .filter((type) => type === 'connect'),
    ).toHaveLength(1);
  });

  test('a deactivation is under way joins it, and shows all of its steps', async ({ desk }) => {
    const d = desk();
    throughTunnel(d);
    d.launcher.script.logout = 'silent';
    await d.start();
    const deactivated = d.manager.deactivate('LP-A', 'End of day');
    await d.clock.advance(500);
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(stepsOf(incident)).toMatchObject({
      'block-outbound': 'done',
      'status-zero': 'done',
      logout: 'failed',
      'socket-destroyed': 'done',
      'tunnel-stopped': 'done',
      'engine-stopped': 'done',
    });
    expect(
      d.launcher
        .engine()
        .types()
        .filter((type) => type === 'logout'),
    ).toHaveLength(1);
    await d.finish(deactivated);
    expect(d.view()).toMatchObject({ state: { kind: 'killed' }, reason: { code: 'killed' } });
  });

  test('a restart is under way ends it for good', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const restarted = d.manager.restart('LP-A');
    await d.clock.advance(500);
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(await d.finish(restarted)).toMatchObject({ ok: false, error: { code: 'killed' } });
    await d.clock.advance(60_000);
    expect(d.launcher.engines).toHaveLength(1);
  });

  test('an activation waits for the database keeps it from starting', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { desired: 'inactive' });
    await d.start();
    d.database.holdReads();
    const activated = d.manager.activate('LP-A');
    await settle();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    d.database.letReadsGo();
    expect(await d.finish(activated)).toMatchObject({ ok: false, error: { code: 'killed' } });
    expect(d.launcher.engines).toEqual([]);
  });

  test('a start waits for the credentials keeps it from starting', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.holdReads('credentials');
    const started = d.manager.start();
    await settle();
    expect(d.database.heldReads).toBe(1);
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    d.database.letReadsGo();
    await d.finish(started);
    await d.clock.advance(10_000);
    expect(d.launcher.engines).toEqual([]);
    expect(d.state()).toBe('killed');
    expect(d.database.row('LP-A').owner).toBeNull();
  });

  test('an engine dies counts that as gone', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const { id } = d.kill('LP-A');
    await d.clock.advance(100);
    d.launcher.engine().exit({ code: 1, signal: null });
    const incident = await d.finish(d.manager.killSettled(id));
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(textOf(incident, 'logout')).toBe('the engine ended first');
    await d.clock.advance(60_000);
    expect(d.launcher.engines).toHaveLength(1);
  });

  test('the console shuts down is finished before it is down', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const { id } = d.kill('LP-A');
    await d.close();
    expect(d.launcher.alive()).toEqual([]);
    expect((await d.finish(d.manager.killSettled(id))).lps[0]?.outcome).toBe('confirmed');
    expect(d.database.row('LP-A')).toMatchObject({ status: 0, killed: { incidentId: id } });
  });
});
