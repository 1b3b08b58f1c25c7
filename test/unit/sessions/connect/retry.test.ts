import { describe, expect } from 'vitest';
import { DEFAULT_RETRY } from '../../../../main/contracts/lp-config.ts';
import { settle } from '../../../support/fake-clock.ts';
import { configOf } from '../../../support/memory-database.ts';
import { type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

const withRetry = (desk: SessionDesk, retry: Partial<typeof DEFAULT_RETRY> = {}): void => {
  const value = configOf('LP-A', { retry: { ...DEFAULT_RETRY, baseMs: 1_000, logonBaseMs: 8_000, capMs: 30_000, ...retry } });
  desk.database.put('LP-A', { config: { valid: true, value } });
};
/** How long the LP waits from now. */
function waitMs(desk: SessionDesk): number {
  const { state } = desk.view();
  if (state.kind !== 'retry') throw new Error(`the LP is ${state.kind}`);
  return state.atMs - desk.clock.nowMs();
}

describe('reconnecting', () => {
  test('a lost link is tried again after twice the wait each time, up to the cap', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    d.launcher.script.connect = { code: 'tcp-refused' };
    await d.start();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt += 1) {
      expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt }, attempt, status: 2, reason: { code: 'tcp-refused' } });
      waits.push(waitMs(d));
      await d.clock.advance(waitMs(d) - 1);
      expect(
        d.launcher
          .engine()
          .types()
          .filter((type) => type === 'connect'),
      ).toHaveLength(attempt);
      await d.clock.advance(1);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    // The same engine all the time: only connections are made again.
    expect(d.launcher.engines).toHaveLength(1);
  });

  test('a Logon after failures tells attempt 0, the failures tell theirs', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    withRetry(d);
    d.launcher.script.connect = 'hold';
    await d.start();
    for (const code of ['tcp-refused', 'tcp-timeout'] as const) {
      d.launcher.engine().drop({ code });
      await d.clock.advance(0);
    }
    d.launcher.engine().logOn();
    await settle();
    expect(d.database.changes.map(({ to, attempt }) => [to, attempt])).toEqual([
      [2, 1],
      [2, 2],
      [1, 0],
    ]);
  });

  test('a refused logon waits longer, and shows the words of the LP', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    d.launcher.script.connect = { code: 'logon-refused', peerText: 'unknown user' };
    await d.start();
    expect(waitMs(d)).toBe(8_000);
    expect(d.view().reason).toEqual({ code: 'logon-refused', peerText: 'unknown user' });
  });

  test('a Logon that did not last does not reset the attempts, one that lasted does', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d, { stableMs: 10_000 });
    await d.start();
    const engine = d.launcher.engine();
    for (const [lastedMs, attempt] of [
      [9_999, 1],
      [9_999, 2],
      [9_999, 3],
      [10_000, 1],
      [10_000, 1],
    ] as const) {
      expect(d.state()).toBe('logged-on');
      await d.clock.advance(lastedMs);
      engine.drop({ code: 'tcp-reset' });
      expect(d.view().attempt).toBe(attempt);
      await d.clock.advance(waitMs(d));
    }
    // Time not logged on does not count: the timer of a Logon that was lost is gone.
    engine.script.connect = 'hold';
    engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(waitMs(d));
    await d.clock.advance(20_000);
    engine.drop({ code: 'tcp-timeout' });
    expect(d.view().attempt).toBe(3);
  });

  test('used up attempts are an error until somebody activates it again', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d, { maxAttempts: 3, baseMs: 100 });
    d.launcher.script.connect = { code: 'tcp-refused' };
    await d.start();
    await d.clock.advance(60_000);
    expect(d.view()).toMatchObject({ state: { kind: 'error' }, status: 2, reason: { code: 'retries-exhausted' } });
    expect(
      d.launcher
        .engine()
        .types()
        .filter((type) => type === 'connect'),
    ).toHaveLength(3);
    d.launcher.script.connect = 'accept';
    await d.finish(d.manager.activate('LP-A'));
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, attempt: 0, status: 1 });
  });

  test('what retrying cannot help is an error at once', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { config: { valid: true, value: configOf('LP-A', { ssl: true }) } });
    d.tunnels.fails = { code: 'tunnel-missing', detail: 'apt-get install stunnel4' };
    await d.start();
    expect(d.view()).toMatchObject({ state: { kind: 'error' }, status: 2, reason: { code: 'tunnel-missing' } });
    await d.clock.advance(120_000);
    expect(d.launcher.engine().types()).toEqual(['start']);
  });

  test('a tunnel is kept over reconnects, but not when the connection ended in silence: stunnel may be what hangs', async ({
    desk,
  }) => {
    const d = desk({ random: () => 0 });
    d.database.put('LP-A', { config: { valid: true, value: configOf('LP-A', { ssl: true }) } });
    await d.start();
    const engine = d.launcher.engine();
    for (const [code, tunnels] of [
      ['tcp-reset', 1],
      ['heartbeat-timeout', 2],
      ['tcp-closed', 2],
      ['logon-timeout', 3],
    ] as const) {
      engine.drop({ code });
      await d.clock.advance(200);
      expect(d.state()).toBe('logged-on');
      expect(d.tunnels.tunnels).toHaveLength(tunnels);
      expect(d.tunnels.alive()).toEqual([d.tunnels.tunnel()]);
      expect(engine.last('connect').target).toMatchObject(d.tunnels.tunnel().localEnd);
    }
  });

  test('each failed attempt moves to the next host, a lost session begins at the first', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    const config = configOf('LP-A');
    const backupHosts = [
      { host: '192.0.2.11', port: 9_002 },
      { host: '192.0.2.12', port: 9_003 },
    ];
    d.database.put('LP-A', { config: { valid: true, value: { ...config, session: { ...config.session, backupHosts } } } });
    d.launcher.script.connect = 'hold';
    await d.start();
    const engine = d.launcher.engine();
    const dialled: unknown[] = [];
    for (let i = 0; i < 4; i += 1) {
      dialled.push(engine.last('connect').target);
      engine.drop({ code: 'tcp-refused' });
      await d.clock.advance(0);
    }
    expect(dialled).toMatchObject(['192.0.2.10', '192.0.2.11', '192.0.2.12', '192.0.2.10'].map((host) => ({ host })));
    engine.logOn();
    engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(0);
    expect(engine.last('connect').target).toMatchObject({ host: '192.0.2.10' });
  });

  test('is out of service from the Logout on, not only from the end of the connection', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    d.database.put('LP-A');
    await d.start();
    const engine = d.launcher.engine();
    const reason = { code: 'peer-logout', peerText: 'end of day' } as const;
    engine.report({ type: 'leaving', reason });
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'stopping' }, status: 2, reason });
    expect(d.database.row('LP-A').status).toBe(2);
    // What the peer still resends does not bring it back.
    engine.report({ type: 'recovered' });
    expect(d.state()).toBe('stopping');
    engine.drop(reason);
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1 }, status: 2, reason });
    expect(d.database.statuses('LP-A')).toEqual([1, 2]);
    expect(d.database.changes.at(-1)).toMatchObject({ attempt: 1, reason });
  });

  test('on a backup host it goes back to the first when failbackMs have passed', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    const config = configOf('LP-A');
    const session = { ...config.session, backupHosts: [{ host: '192.0.2.11', port: 9_002 }], failbackMs: 60_000 };
    d.database.put('LP-A', { config: { valid: true, value: { ...config, session } } });
    d.launcher.script.connect = { code: 'tcp-refused' };
    await d.start();
    const engine = d.launcher.engine();
    engine.script.connect = 'accept';
    await d.clock.advance(0);
    expect(engine.last('connect').target).toMatchObject({ host: '192.0.2.11' });
    await d.clock.advance(59_999);
    expect(engine.types()).not.toContain('logout');
    await d.clock.advance(1);
    expect(engine.last('connect').target).toMatchObject({ host: '192.0.2.10' });
    expect(d.state()).toBe('logged-on');
    // Out of service before the Logout, and once.
    expect(d.database.statuses('LP-A')).toEqual([2, 1, 2, 1]);
  });
});
