import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { configOf } from '../../../support/memory-database.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('discovery', () => {
  test('runs what is wanted active, and nothing else', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.put('LP-B', { desired: 'inactive' });
    await d.start();
    expect([d.state('LP-A'), d.state('LP-B')]).toEqual(['logged-on', 'inactive']);
    expect(d.launcher.engines.map(({ provider }) => provider)).toEqual(['LP-A']);
    expect(d.launcher.engine().last('start').settings).toMatchObject({ provider: 'LP-A', senderCompId: 'VFXLP', heartBtInt: 30 });
    expect(d.errors).toEqual([]);
  });

  test('a row that comes, changes or goes by SQL is acted on', async ({ desk }) => {
    const d = desk();
    await d.start();
    d.database.put('LP-A', { desired: 'inactive' });
    await settle();
    expect(d.state()).toBe('inactive');
    d.database.put('LP-A', { desired: 'active' });
    await settle();
    expect(d.state()).toBe('logged-on');
    d.database.put('LP-A', { desired: 'inactive' });
    await d.clock.advance(100);
    expect(d.view()).toMatchObject({ state: { kind: 'inactive' }, status: 0, owner: null, enginePid: null });
    expect(d.launcher.engine().types()).toEqual(['start', 'connect', 'block-outbound', 'logout', 'stop']);
  });

  test('a row that is deleted while its session is on logs out and disappears', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.remove('LP-A');
    await d.clock.advance(3_000);
    expect(d.manager.view('LP-A')).toBeNull();
    expect(d.launcher.engine().types().slice(-3)).toEqual(['block-outbound', 'logout', 'stop']);
    expect(d.launcher.alive()).toEqual([]);
  });

  test('a row that is deleted and made again while its session is being ended is run again', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    d.database.remove('LP-A');
    await d.clock.advance(100);
    expect(d.state()).toBe('stopping');
    d.database.put('LP-A');
    await d.clock.advance(6_000);
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.alive()).toHaveLength(1);
    expect(d.launcher.engines).toHaveLength(2);
  });
});

describe('activate, deactivate, restart', () => {
  test('activating an active LP stops it gracefully first', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    const first = d.launcher.engine();
    expect(await d.finish(d.manager.activate('LP-A'))).toEqual({ ok: true, value: null });
    expect(first.types()).toEqual(['start', 'connect', 'block-outbound', 'logout', 'stop']);
    expect(first.alive).toBe(false);
    expect(d.launcher.engines).toHaveLength(2);
    expect(d.state()).toBe('logged-on');
    // No word of a console that ended without logging out: the 1 that stood in the row was ours.
    expect(d.database.statuses('LP-A')).toEqual([1, 0, 1]);
  });

  test('activating an inactive LP writes it down and runs it', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { desired: 'inactive' });
    await d.start();
    expect(await d.finish(d.manager.activate('LP-A'))).toEqual({ ok: true, value: null });
    expect(d.state()).toBe('logged-on');
    expect(d.database.row('LP-A')).toMatchObject({ desired: 'active', status: 1, owner: d.host });
  });

  test('a deactivation resolves when engine and tunnel are gone', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { config: { valid: true, value: configOf('LP-A', { ssl: true }) } });
    await d.start();
    expect(d.tunnels.alive()).toHaveLength(1);
    expect(await d.finish(d.manager.deactivate('LP-A', 'End of day'))).toEqual({ ok: true, value: null });
    expect(d.launcher.alive()).toEqual([]);
    expect(d.tunnels.alive()).toEqual([]);
    expect(d.launcher.engine().last('logout')).toMatchObject({ text: 'End of day', reason: { code: 'deactivated' } });
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'inactive' }, status: 0, reason: { code: 'deactivated' }, owner: null });
    expect(d.database.row('LP-A')).toMatchObject({ desired: 'inactive', status: 0, owner: null });
  });

  test('a deactivation takes the error off an LP that has none running', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.spoil('LP-A', { column: 'Port', rule: 'must be 1–65535' });
    await d.start();
    expect(d.view().status).toBe(2);
    const deactivated = d.manager.deactivate('LP-A', 'not today');
    expect(d.view()).toMatchObject({ status: 0, reason: { code: 'deactivated' } });
    await d.finish(deactivated);
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'inactive' }, status: 0 });
    expect(d.database.row('LP-A')).toMatchObject({ desired: 'inactive', status: 0, owner: null });
  });

  test('setting it inactive by SQL takes the error off too', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.spoil('LP-A', { column: 'Port', rule: 'must be 1–65535' });
    await d.start();
    d.database.put('LP-A', { desired: 'inactive' });
    await settle();
    expect(d.database.row('LP-A')).toMatchObject({ status: 0, owner: null });
    expect(d.view()).toMatchObject({ state: { kind: 'inactive' }, status: 0 });
  });

  test('a restart logs out and on again, and refuses what is not running', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.put('LP-B', { desired: 'inactive' });
    await d.start();
    expect(await d.finish(d.manager.restart('LP-A'))).toEqual({ ok: true, value: null });
    expect(d.database.statuses('LP-A')).toEqual([1, 0, 1]);
    expect(d.launcher.of('LP-A').map(({ alive }) => alive)).toEqual([false, true]);
    expect(await d.manager.restart('LP-B')).toMatchObject({ ok: false, error: { kind: 'user', code: 'not-active' } });
  });

  test('a deactivation overtakes an activation that is under way', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const activated = d.manager.activate('LP-A');
    await d.clock.advance(500);
    expect(d.state()).toBe('stopping');
    const deactivated = d.manager.deactivate('LP-A', 'no');
    await d.finish(Promise.all([activated, deactivated]));
    await d.clock.advance(5_000);
    expect(d.state()).toBe('inactive');
    expect(d.launcher.engines).toHaveLength(1);
  });

  test('an activation after a deactivation that is under way starts when the old engine is gone', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const deactivated = d.manager.deactivate('LP-A', 'no');
    await d.clock.advance(500);
    const activated = d.manager.activate('LP-A');
    await d.clock.advance(500);
    expect(d.launcher.engines).toHaveLength(1);
    await d.finish(Promise.all([activated, deactivated]));
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.alive()).toHaveLength(1);
    expect(d.database.row('LP-A')).toMatchObject({ desired: 'active', status: 1 });
  });

  test('what nobody knows is refused', async ({ desk }) => {
    const d = desk();
    await d.start();
    const unknown = { ok: false, error: { kind: 'user', code: 'unknown-provider', field: 'provider' } };
    expect(await d.manager.activate('LP-X')).toMatchObject(unknown);
    expect(await d.manager.deactivate('LP-X', '')).toMatchObject(unknown);
    expect(await d.manager.restart('LP-X')).toMatchObject(unknown);
    expect(await d.manager.rearm('LP-X')).toMatchObject(unknown);
    expect(d.manager.kill(['LP-X'], 'lp', 'trader', 'why')).toMatchObject(unknown);
    expect(d.manager.kill([], 'all', 'trader', 'why')).toMatchObject({ ok: false, error: { code: 'nothing-to-kill' } });
  });

  test('an engine that does not end is said, kept, and nothing is started beside it', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    const first = d.launcher.engine();
    first.script.health = 'immortal';
    expect(await d.finish(d.manager.deactivate('LP-A', 'End of day'))).toMatchObject({
      ok: false,
      error: { kind: 'operational', code: 'not-ended', message: expect.stringContaining(`engine ${first.pid}`) },
    });
    expect(d.view()).toMatchObject({ state: { kind: 'stopping' }, status: 0, enginePid: first.pid });
    expect(await d.finish(d.manager.activate('LP-A'))).toMatchObject({ ok: false, error: { code: 'not-ended' } });
    expect(d.launcher.engines).toHaveLength(1);
    first.exit({ code: null, signal: 'SIGKILL' });
    d.database.notify(null);
    await d.clock.advance(1_000);
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.engines).toHaveLength(2);
  });
});

describe('shutdown', () => {
  test('logs every session out and leaves what people want as it was', async ({ desk }) => {
    const d = desk();
    for (const provider of ['LP-A', 'LP-B', 'LP-C']) d.database.put(provider);
    await d.start();
    await d.close();
    for (const provider of ['LP-A', 'LP-B', 'LP-C']) {
      expect(d.launcher.engine(provider).types().slice(-3)).toEqual(['block-outbound', 'logout', 'stop']);
      expect(d.database.row(provider)).toMatchObject({
        desired: 'active',
        status: 0,
        statusReason: { code: 'shutdown' },
        owner: null,
      });
    }
    expect(d.launcher.alive()).toEqual([]);
  });

  test('that comes while the first rows are being read starts nothing', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.holdReads();
    const started = d.manager.start();
    await settle();
    await d.close();
    d.database.letReadsGo();
    await d.finish(started);
    await d.clock.advance(1_000);
    expect(d.launcher.engines).toEqual([]);
  });

  test('with a database that is away gives up after its deadline and says what it could not write', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.goAway();
    await d.close();
    expect(d.launcher.alive()).toEqual([]);
    expect(d.errors.map(String).at(-1)).toContain('writes were given up');
  });
});
