import { describe, expect } from 'vitest';
import { DEFAULT_RETRY } from '../../../../main/contracts/lp-config.ts';
import { settle } from '../../../support/fake-clock.ts';
import { configOf } from '../../../support/memory-database.ts';
import { type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

function throughTunnel(d: SessionDesk, backup = false, baseMs = 1_000): void {
  const config = configOf('LP-A', { ssl: true, retry: { ...DEFAULT_RETRY, baseMs, logonBaseMs: 8_000 } });
  const backupHosts = backup ? [{ host: '192.0.2.11', port: 9_002 }] : [];
  d.database.put('LP-A', { config: { valid: true, value: { ...config, session: { ...config.session, backupHosts } } } });
}
const light = (d: SessionDesk, name: string) => d.view().lane.find((step) => step.name === name)?.light;

describe('an LP behind a tunnel', () => {
  test('is dialled through it when it is ready, and not before', async ({ desk }) => {
    const d = desk();
    throughTunnel(d);
    d.tunnels.holds = true;
    await d.start();
    expect(d.view().state).toEqual({ kind: 'connecting', step: 'tunnel' });
    expect(d.launcher.engine().types()).toEqual(['start']);
    d.tunnels.letGo();
    await settle();
    const tunnel = d.tunnels.tunnel();
    expect(tunnel.target).toEqual({ host: '192.0.2.10', port: 9_001 });
    expect(d.launcher.engine().last('connect').target).toEqual({ ...tunnel.localEnd, tunnel: true });
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, tunnelPid: tunnel.pid });
    expect(light(d, 'tunnel')).toBe('ok');
  });

  test('keeps the tunnel over reconnects to the same host, and changes it for another', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    throughTunnel(d, true);
    await d.start();
    const engine = d.launcher.engine();
    engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(0);
    expect(d.state()).toBe('logged-on');
    expect(d.tunnels.tunnels).toHaveLength(1);
    engine.script.connect = 'hold';
    engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(0);
    engine.drop({ code: 'logon-refused' });
    await d.clock.advance(0);
    expect(d.tunnels.tunnels.map(({ alive, target }) => [alive, target.host])).toEqual([
      [false, '192.0.2.10'],
      [true, '192.0.2.11'],
    ]);
    expect(engine.last('connect').target).toMatchObject(d.tunnels.tunnel().localEnd);
  });

  test('that fails has the words of stunnel as its reason, where the engine saw no more than a closed socket', async ({
    desk,
  }) => {
    const d = desk({ random: () => 1 });
    throughTunnel(d);
    d.launcher.script.connect = 'hold';
    await d.start();
    const engine = d.launcher.engine();
    engine.drop({ code: 'tcp-closed' });
    // stunnel's line comes after the close.
    await d.clock.advance(100);
    expect(d.state()).toBe('connecting');
    d.tunnels.tunnel().note({ kind: 'failed', reason: { code: 'tls-certificate', detail: 'CERT: self-signed' } });
    await d.clock.advance(100);
    expect(d.view()).toMatchObject({ state: { kind: 'retry' }, status: 2, reason: { code: 'tls-certificate' } });
    const { state } = d.view();
    // A certificate that is not accepted counts as a refused logon.
    expect(state.kind === 'retry' ? state.atMs - d.clock.nowMs() : 0).toBe(8_000);
  });

  test('that fails without a word of stunnel says what the engine saw', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    throughTunnel(d);
    d.launcher.script.connect = { code: 'tcp-closed' };
    await d.start();
    await d.clock.advance(200);
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1 }, reason: { code: 'tcp-closed' } });
  });

  test('that fell while it was logged on is out of service at once, and says that it was the tunnel', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    throughTunnel(d);
    await d.start();
    d.tunnels.tunnel().exit({ code: 1, signal: null });
    d.launcher.engine().drop({ code: 'tcp-closed' });
    expect(d.view()).toMatchObject({ status: 2, reason: { code: 'tunnel-failed', detail: 'exit code 1' }, tunnelPid: null });
    await d.clock.advance(1_000);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, tunnelPid: 2 });
  });

  test('does not blame an old failure of stunnel for a later loss', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    throughTunnel(d);
    d.launcher.script.connect = 'hold';
    await d.start();
    // The first address of the name did not answer, the second did.
    d.tunnels.tunnel().note({ kind: 'failed', reason: { code: 'tcp-refused' } });
    d.launcher.engine().logOn();
    d.launcher.engine().drop({ code: 'tcp-reset' });
    expect(d.view().reason).toEqual({ code: 'tcp-reset' });
  });

  test('whose engine dies while the tunnel starts is dialled by the next engine, once', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    throughTunnel(d);
    d.tunnels.holds = true;
    await d.start();
    d.launcher.engine().exit();
    await settle();
    expect(d.state()).toBe('retry');
    d.tunnels.letGo();
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1 } });
    await d.clock.advance(1_000);
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.engine().types()).toEqual(['start', 'connect']);
    expect(d.tunnels.alive()).toHaveLength(1);
  });

  test('that stunnel cannot be started for is tried again, whatever the manager throws', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    throughTunnel(d);
    d.tunnels.fails = new Error('EMFILE: too many open files');
    await d.start();
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1 }, reason: { code: 'tunnel-failed' } });
    expect(d.view().reason?.detail).toContain('EMFILE');
    d.tunnels.fails = null;
    await d.clock.advance(1_000);
    expect(d.state()).toBe('logged-on');
  });

  test('killed while one tunnel makes way for the next gets no next one', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    throughTunnel(d, true);
    d.launcher.script.connect = 'hold';
    await d.start();
    const first = d.tunnels.tunnel();
    first.stops = 'ignores';
    d.launcher.engine().drop({ code: 'logon-refused' });
    await d.clock.advance(0);
    expect(d.journal).toContain('tunnel: stop');
    const incident = await d.killAndSettle('LP-A');
    expect(incident.lps[0]?.outcome).toBe('confirmed');
    await d.clock.advance(10_000);
    expect(first.alive).toBe(false);
    expect(d.tunnels.tunnels).toHaveLength(1);
  });

  test('that is changed to go without leaves no tunnel behind', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    throughTunnel(d);
    await d.start();
    d.database.configure('LP-A', { ssl: false });
    await settle();
    d.launcher.engine().drop({ code: 'tcp-reset' });
    await d.clock.advance(300);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, tunnelPid: null, ssl: false });
    expect(d.tunnels.alive()).toEqual([]);
    expect(d.launcher.engine().last('connect').target).toEqual({ host: '192.0.2.10', port: 9_001, tunnel: false });
    expect([light(d, 'tunnel'), light(d, 'tls')]).toEqual(['skipped', 'skipped']);
  });

  test('has another tunnel when its options change, and when a file has other contents, although host and port are the same', async ({
    desk,
  }) => {
    const d = desk({ random: () => 0 });
    throughTunnel(d);
    await d.start();
    const { tunnel } = configOf('LP-A');
    d.database.configure('LP-A', { tunnel: { ...tunnel, verify: 'none' } });
    await settle();
    // What is logged on stays; the next connection has it.
    expect(d.tunnels.tunnels).toHaveLength(1);
    d.launcher.engine().drop({ code: 'tcp-reset' });
    await d.clock.advance(0);
    expect(d.tunnels.tunnels.map(({ alive }) => alive)).toEqual([false, true]);
    d.tunnels.files = 'renewed';
    d.launcher.engine().drop({ code: 'tcp-reset' });
    await d.clock.advance(0);
    expect(d.tunnels.tunnels.map(({ alive }) => alive)).toEqual([false, false, true]);
    expect(d.launcher.engine().last('connect').target).toMatchObject(d.tunnels.tunnel().localEnd);
  });

  for (const [code, wait] of [
    ['tls-certificate', 8_000],
    ['tls-failed', 2_000],
    ['tunnel-failed', 2_000],
  ] as const) {
    test(`that waits because of ${code} is tried at once when a file has changed, and not before`, async ({ desk }) => {
      const d = desk({ random: () => 1 });
      throughTunnel(d, false, 2_000);
      d.launcher.script.connect = 'hold';
      await d.start();
      d.tunnels.tunnel().note({ kind: 'failed', reason: { code } });
      d.launcher.engine().script.connect = 'accept';
      d.launcher.engine().drop({ code: 'tcp-closed' });
      await d.clock.advance(wait / 2);
      expect(d.state()).toBe('retry');
      d.tunnels.files = 'renewed';
      await d.clock.advance(500);
      expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, tunnelPid: 2 });
    });
  }

  test('is not looked after by its files where something else than the tunnel failed', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    throughTunnel(d);
    d.launcher.script.connect = { code: 'logon-refused' };
    await d.start();
    d.tunnels.files = 'renewed';
    await d.clock.advance(7_000);
    expect(d.state()).toBe('retry');
  });

  for (const [kinds, reason] of [
    [[], { code: 'tunnel-failed', detail: 'stunnel does not take the connection' }],
    [['accepted'], { code: 'tcp-timeout', detail: '192.0.2.10:9001' }],
    [['accepted', 'connected'], { code: 'tls-failed', detail: expect.stringContaining('does not answer the handshake') }],
    [['accepted', 'connected', 'tls'], { code: 'logon-timeout' }],
  ] as const) {
    test(`that is silent after ${kinds.at(-1) ?? 'nothing'} is told as ${reason.code}`, async ({ desk }) => {
      const d = desk({ random: () => 1 });
      throughTunnel(d);
      d.launcher.script.connect = 'hold';
      await d.start();
      for (const kind of kinds) d.tunnels.tunnel().note({ kind, address: '', version: '', cipher: '' });
      d.launcher.engine().drop({ code: 'logon-timeout' });
      await d.clock.advance(200);
      expect(d.view()).toMatchObject({ state: { kind: 'retry' }, reason });
    });
  }
});
