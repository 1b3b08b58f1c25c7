import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { configOf } from '../../../support/memory-database.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('an invalid row', () => {
  test('is an error that names column and rule, without an engine, until it is mended', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.put('LP-B');
    d.database.spoil('LP-A', { column: 'Port', rule: 'must be 1–65535' }, { column: 'HeartBtInt', rule: 'must be 1–3600' });
    await d.start();
    expect(d.view()).toMatchObject({ state: { kind: 'error' }, status: 2, reason: { code: 'config-invalid' } });
    expect(d.view().reason?.detail).toBe('Port: must be 1–65535; HeartBtInt: must be 1–3600');
    expect(d.view().problems.map(({ column }) => column)).toEqual(['Port', 'HeartBtInt']);
    expect(d.launcher.of('LP-A')).toEqual([]);
    expect(d.state('LP-B')).toBe('logged-on');
    d.database.configure('LP-A', { port: 9_100 });
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, status: 1, problems: [], port: 9_100 });
  });

  test('that comes while waiting ends the attempts', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    d.database.put('LP-A');
    d.launcher.script.connect = { code: 'tcp-refused' };
    await d.start();
    d.database.spoil('LP-A', { column: 'Host', rule: 'must be a host name' });
    await d.clock.advance(60_000);
    expect(d.view()).toMatchObject({ state: { kind: 'error' }, status: 2, reason: { code: 'config-invalid' } });
    expect(d.launcher.alive()).toEqual([]);
    expect(
      d.launcher
        .engine()
        .types()
        .filter((type) => type === 'connect'),
    ).toHaveLength(1);
  });

  test('that comes while logged on leaves the session on, shows the problem, and makes no further connection', async ({
    desk,
  }) => {
    const d = desk({ random: () => 0 });
    d.database.put('LP-A');
    await d.start();
    d.database.spoil('LP-A', { column: 'Port', rule: 'must be 1–65535' });
    await d.clock.advance(1_000);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, status: 1, problems: [{ column: 'Port' }] });
    d.launcher.engine().drop({ code: 'tcp-reset' });
    await d.clock.advance(60_000);
    expect(d.view()).toMatchObject({ state: { kind: 'error' }, status: 2, reason: { code: 'config-invalid' } });
    expect(d.launcher.engines).toHaveLength(1);
    expect(
      d.launcher
        .engine()
        .types()
        .filter((type) => type === 'connect'),
    ).toHaveLength(1);
    d.database.configure('LP-A', {});
    await settle();
    expect(d.state()).toBe('logged-on');
  });
});

describe('a changed configuration', () => {
  test('on a live LP is used from the next Logon on', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    d.database.put('LP-A');
    await d.start();
    const engine = d.launcher.engine();
    d.database.configure('LP-A', { host: '192.0.2.99', heartBtInt: 5 });
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, pendingConfig: true, host: '192.0.2.10' });
    expect(engine.types()).toEqual(['start', 'connect']);
    engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(0);
    expect(engine.types()).toEqual(['start', 'connect', 'configure', 'connect']);
    expect(engine.last('configure').settings.heartBtInt).toBe(5);
    expect(engine.last('connect').target).toMatchObject({ host: '192.0.2.99' });
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, pendingConfig: false, host: '192.0.2.99' });
  });

  test('on an LP that waits is used at once', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    d.database.put('LP-A');
    d.launcher.script.connect = { code: 'logon-refused' };
    await d.start();
    const engine = d.launcher.engine();
    engine.script.connect = 'accept';
    d.database.configure('LP-A', { senderCompId: 'OTHER' });
    await settle();
    expect(d.state()).toBe('logged-on');
    expect(engine.last('configure').settings.senderCompId).toBe('OTHER');
    await d.clock.advance(60_000);
    expect(engine.types().filter((type) => type === 'connect')).toHaveLength(2);
  });

  test('on an LP that gave up starts it again', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { config: { valid: true, value: configOf('LP-A', { ssl: true }) } });
    d.tunnels.fails = { code: 'tunnel-missing' };
    await d.start();
    expect(d.state()).toBe('error');
    d.tunnels.fails = null;
    d.database.configure('LP-A', { ssl: false });
    await d.clock.advance(100);
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.alive()).toHaveLength(1);
  });
});
