import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('while the database is away', () => {
  test('a deactivation is done at once, and written in order when it is back', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.goAway();
    const began = d.clock.nowMs();
    expect(await d.finish(d.manager.deactivate('LP-A', 'End of day'))).toEqual({ ok: true, value: null });
    expect(d.clock.nowMs() - began).toBeLessThan(500);
    expect(d.launcher.alive()).toEqual([]);
    expect(d.view().status).toBe(0);
    expect(d.database.row('LP-A')).toMatchObject({ status: 1, desired: 'active' });
    d.journal.length = 0;
    d.database.comeBack();
    await d.clock.advance(1_000);
    expect(d.journal.filter((what) => what.startsWith('database'))).toEqual([
      'database LP-A: desired inactive',
      'database LP-A: status 0',
    ]);
    expect(d.database.row('LP-A')).toMatchObject({ status: 0, desired: 'inactive', owner: null });
    expect(d.state()).toBe('inactive');
  });

  test('a deactivation does not wait for a read that hangs', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.configure('LP-A', { host: '192.0.2.5' });
    d.database.holdReads('credentials');
    await settle();
    expect(await d.finish(d.manager.deactivate('LP-A', 'End of day'))).toEqual({ ok: true, value: null });
    expect(d.launcher.alive()).toEqual([]);
    d.database.letReadsGo();
    await d.clock.advance(1_000);
    expect(d.state()).toBe('inactive');
  });

  test('an activation is refused, and changes nothing', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { desired: 'inactive' });
    await d.start();
    d.database.goAway();
    expect(await d.finish(d.manager.activate('LP-A'))).toMatchObject({
      ok: false,
      error: { kind: 'operational', code: 'database-away' },
    });
    d.database.comeBack();
    await d.clock.advance(10_000);
    expect(d.state()).toBe('inactive');
    expect(d.launcher.engines).toEqual([]);
  });

  test('a restart is refused, and the session runs on: it could be ended but not begun again', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.goAway();
    expect(await d.finish(d.manager.restart('LP-A'))).toMatchObject({
      ok: false,
      error: { kind: 'operational', code: 'database-away' },
    });
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.engine().types()).not.toContain('logout');
  });

  test('every change of status is kept, and written in order when it is back', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    d.database.put('LP-A');
    await d.start();
    const engine = d.launcher.engine();
    d.database.goAway();
    engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(5_000);
    expect(d.view().status).toBe(2);
    expect(d.database.row('LP-A').status).toBe(1);
    d.database.comeBack();
    await d.clock.advance(2_000);
    expect(d.database.statuses('LP-A')).toEqual([1, 2, 1]);
    const [up, down, again] = d.database.changes;
    expect(down?.atMs).toBe(up?.atMs);
    expect(again?.atMs).toBeGreaterThan(down?.atMs ?? 0);
  });

  test('is one error for fifty LPs, told again after a while', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    for (let i = 0; i < 50; i += 1) d.database.put(`LP-${i}`);
    await d.start();
    d.database.goAway();
    for (const engine of d.launcher.engines) engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(9_000);
    expect(d.errors.map(String)).toEqual(['Error: the database is away']);
    await d.clock.advance(2_000);
    expect(d.errors).toHaveLength(2);
  });

  test('that answers, but not yet whose the LPs are, is asked again soon', async ({ desk }) => {
    const d = desk({ notOwnable: true });
    d.database.put('LP-A');
    await d.start();
    expect(d.view()).toMatchObject({ state: { kind: 'error' }, reason: { code: 'database-lost' } });
    await d.clock.advance(5_000);
    expect(d.launcher.engines).toEqual([]);
    d.ownable = true;
    await d.clock.advance(1_000);
    expect(d.state()).toBe('logged-on');
  });

  test('a console that starts shows its LPs as soon as it is there', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.goAway();
    await d.start();
    expect(d.manager.views()).toEqual([]);
    expect(d.errors.map(String)).toEqual(['Error: the database is away']);
    d.database.comeBack();
    await d.clock.advance(100);
    expect(d.state()).toBe('logged-on');
  });

  test('that goes between the row and the credentials shows an error, and starts when it is back', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.holdReads();
    const started = d.manager.start();
    await settle();
    d.database.goAway();
    d.database.letReadsGo();
    await d.finish(started);
    expect(d.view()).toMatchObject({ state: { kind: 'error' }, reason: { code: 'database-lost' } });
    d.database.comeBack();
    await d.clock.advance(100);
    expect(d.state()).toBe('logged-on');
  });
});
