import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { NUMBERS, statsOf } from '../../../support/fake-engine.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('status', () => {
  test('is 1 from the Logon of both sides, not from the connection', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.connect = 'hold';
    await d.start();
    const engine = d.launcher.engine();
    engine.report({ type: 'tcp-connected', address: '192.0.2.10', durationMs: 2 });
    engine.report({ type: 'logon-sent' });
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'logon' }, status: 0 });
    expect(d.database.changes).toEqual([]);
    engine.report({ type: 'logged-on', ...NUMBERS, durationMs: 10 });
    await settle();
    expect(d.database.changes).toMatchObject([
      { from: 0, to: 1, reason: null, attempt: 0, ...NUMBERS, consoleHost: d.host, atMs: d.clock.nowMs() },
    ]);
  });

  test('is 2 from the first sign of trouble, with the reason and the numbers then', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    const engine = d.launcher.engine();
    engine.report({ type: 'stats', stats: statsOf({ nextIn: 500, nextOut: 600 }) });
    engine.report({
      type: 'disconnected',
      reason: { code: 'heartbeat-timeout' },
      wasLoggedOn: true,
      logoutAnswered: false,
      nextIn: 501,
      nextOut: 602,
    });
    expect(d.view().status).toBe(2);
    await settle();
    expect(d.database.changes.at(-1)).toMatchObject({
      from: 1,
      to: 2,
      reason: { code: 'heartbeat-timeout' },
      nextIn: 501,
      nextOut: 602,
      attempt: 1,
    });
  });

  test('is 0 in the database before the Logout is sent', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.journal.length = 0;
    await d.finish(d.manager.deactivate('LP-A', 'End of day'));
    const order = d.journal.filter((what) => !what.startsWith('released'));
    expect(order.indexOf('database LP-A: status 0')).toBeLessThan(order.indexOf('engine LP-A: logout'));
    expect(order.indexOf('engine LP-A: block-outbound')).toBeLessThan(order.indexOf('engine LP-A: logout'));
    expect(d.journal.indexOf('database LP-A: status 0')).toBeLessThan(d.journal.indexOf(`released by ${d.host}`));
  });

  test('stays 0 when a Logon comes in while it is being ended', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.connect = 'hold';
    d.launcher.script.logout = 'silent';
    await d.start();
    const done = d.manager.deactivate('LP-A', 'no');
    d.launcher.engine().logOn();
    await d.finish(done);
    expect(d.database.statuses('LP-A')).not.toContain(1);
    expect(d.view().status).toBe(0);
  });

  test('that a console left behind when it crashed is cleared: 2 and a reason where it runs again, 0 where it does not', async ({
    desk,
  }) => {
    const d = desk();
    d.database.put('LP-A', { status: 1 });
    d.database.put('LP-B', { status: 1, desired: 'inactive' });
    await d.start();
    expect(d.database.statuses('LP-A')).toEqual([2, 1]);
    expect(d.database.changes.find(({ provider }) => provider === 'LP-A')?.reason).toMatchObject({ code: 'engine-exit' });
    expect(d.database.statuses('LP-B')).toEqual([0]);
    expect(d.database.row('LP-B').owner).toBeNull();
  });
});
