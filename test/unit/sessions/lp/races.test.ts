import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('a storm of notices', () => {
  test('starts one engine', async ({ desk }) => {
    const d = desk();
    const started = d.start();
    d.database.put('LP-A');
    for (let i = 0; i < 100; i += 1) d.database.notify(i % 2 === 0 ? 'LP-A' : null);
    await started;
    await d.clock.advance(1_000);
    expect(d.launcher.engines).toHaveLength(1);
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.engine().types()).toEqual(['start', 'connect']);
  });

  test('while an LP is being restarted starts one engine after the other', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const restarted = d.manager.restart('LP-A');
    for (let i = 0; i < 100; i += 1) {
      d.database.notify('LP-A');
      await d.clock.advance(40);
      expect(d.launcher.alive().length).toBeLessThanOrEqual(1);
    }
    await d.finish(restarted);
    expect(d.launcher.engines).toHaveLength(2);
    expect(d.state()).toBe('logged-on');
  });

  test('that says nothing new does not shorten the wait of an LP', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    d.database.put('LP-A');
    d.launcher.script.connect = { code: 'logon-refused' };
    await d.start();
    for (let i = 0; i < 49; i += 1) {
      d.database.notify(i % 2 === 0 ? 'LP-A' : null);
      await d.clock.advance(100);
    }
    expect(d.launcher.engine().types()).toEqual(['start', 'connect']);
    expect(d.view().state).toMatchObject({ kind: 'retry', attempt: 1 });
  });

  test('reads the table a few times, not once per notice', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.holdReads();
    for (let i = 0; i < 100; i += 1) d.database.notify(null);
    await settle();
    expect(d.database.heldReads).toBe(1);
    d.database.letReadsGo();
  });
});

describe('a row that was read before', () => {
  test('a deactivation does not bring the LP back', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.holdReads();
    d.database.notify('LP-A');
    await settle();
    await d.finish(d.manager.deactivate('LP-A', 'End of day'));
    expect(d.database.row('LP-A').desired).toBe('inactive');
    // Active, logged on: as it stood before.
    d.database.letReadsGo();
    await d.clock.advance(10_000);
    expect(d.launcher.engines).toHaveLength(1);
    expect(d.view()).toMatchObject({ state: { kind: 'inactive' }, status: 0 });
  });

  test('an activation does not end it again', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { desired: 'inactive' });
    await d.start();
    await d.finish(d.manager.activate('LP-A'));
    const engine = d.launcher.engine();
    d.database.put('LP-A', { desired: 'inactive' });
    d.database.holdReads();
    await settle();
    d.database.put('LP-A', { desired: 'active' });
    d.database.letReadsGo();
    await d.clock.advance(10_000);
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.alive()).toHaveLength(1);
    expect(engine.provider).toBe('LP-A');
  });
});

describe('switching to and fro', () => {
  test('ends with what was asked last, and never two engines', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { desired: 'inactive' });
    await d.start();
    const asked: Promise<unknown>[] = [];
    for (let i = 0; i < 20; i += 1) {
      asked.push(i % 2 === 0 ? d.manager.activate('LP-A') : d.manager.deactivate('LP-A', 'no'));
      await d.clock.advance(7);
      expect(d.launcher.alive().length).toBeLessThanOrEqual(1);
    }
    asked.push(d.manager.activate('LP-A'));
    await d.finish(Promise.all(asked));
    await d.clock.advance(1_000);
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.alive()).toHaveLength(1);
    expect(d.database.row('LP-A')).toMatchObject({ desired: 'active', status: 1 });
  });

  test('by SQL ends with what stands there', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    for (let i = 0; i < 21; i += 1) {
      d.database.put('LP-A', { desired: i % 2 === 0 ? 'inactive' : 'active' });
      await d.clock.advance(i * 3);
      expect(d.launcher.alive().length).toBeLessThanOrEqual(1);
    }
    await d.clock.advance(5_000);
    expect(d.view()).toMatchObject({ state: { kind: 'inactive' }, status: 0 });
    expect(d.launcher.alive()).toEqual([]);
  });
});
