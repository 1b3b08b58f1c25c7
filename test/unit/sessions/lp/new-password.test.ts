import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

const STORED = { username: 'desk', password: 'old', newPassword: 'new', logonTags: [] };
const MOVED = { username: 'desk', password: 'new', newPassword: null, logonTags: [] };

const withNewPassword = (d: SessionDesk): void => {
  d.database.put('LP-A');
  d.database.credentials.set('LP-A', STORED);
};

describe('NewPassword(925)', () => {
  test('is sent with the password, and is the password once the LP has accepted the Logon', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    withNewPassword(d);
    d.launcher.script.connect = 'hold';
    await d.start();
    const engine = d.launcher.engine();
    expect(engine.last('start').settings.credentials).toEqual(STORED);
    expect(d.database.credentials.get('LP-A')).toEqual(STORED);
    engine.logOn();
    await settle();
    expect(d.database.credentials.get('LP-A')).toEqual(MOVED);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, pendingConfig: false });
    expect(engine.types()).toEqual(['start', 'connect']);
    engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(0);
    expect(engine.types()).toEqual(['start', 'connect', 'configure', 'connect']);
    expect(engine.last('configure').settings.credentials).toEqual(MOVED);
  });

  test('stays what it is when the Logon is refused', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withNewPassword(d);
    d.launcher.script.connect = { code: 'logon-refused' };
    await d.start();
    await d.clock.advance(5_000);
    expect(d.launcher.engine().types()).toEqual(['start', 'connect', 'connect']);
    expect(d.launcher.engine().last('start').settings.credentials).toEqual(STORED);
    expect(d.database.credentials.get('LP-A')).toEqual(STORED);
    expect(d.journal).not.toContain('database LP-A: password changed');
  });

  test('is the password of a reconnect before the database knows it, and is written when the database is back', async ({
    desk,
  }) => {
    const d = desk({ random: () => 0 });
    withNewPassword(d);
    d.launcher.script.connect = 'hold';
    await d.start();
    const engine = d.launcher.engine();
    const store = d.database;
    store.failPasswordChanges = true;
    engine.logOn();
    await settle();
    expect(store.credentials.get('LP-A')).toEqual(STORED);
    store.configure('LP-A', { heartBtInt: 5 });
    await settle();
    engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(0);
    expect(engine.last('configure').settings).toMatchObject({ heartBtInt: 5, credentials: MOVED });
    store.failPasswordChanges = false;
    await d.clock.advance(1_000);
    expect(store.credentials.get('LP-A')).toEqual(MOVED);
  });

  test('that was changed while the LP accepted the one before waits for the next Logon', async ({ desk }) => {
    const d = desk({ random: () => 0 });
    withNewPassword(d);
    d.launcher.script.connect = 'hold';
    await d.start();
    const engine = d.launcher.engine();
    d.database.credentials.set('LP-A', { ...STORED, newPassword: 'newer' });
    d.database.configure('LP-A', {});
    await settle();
    engine.logOn();
    await settle();
    expect(d.database.credentials.get('LP-A')).toEqual({ ...STORED, password: 'new', newPassword: 'newer' });
    engine.drop({ code: 'tcp-reset' });
    await d.clock.advance(0);
    expect(engine.last('configure').settings.credentials).toEqual({ ...STORED, password: 'new', newPassword: 'newer' });
  });

  test('is moved also when the Logon is accepted while the session is being ended', async ({ desk }) => {
    const d = desk();
    withNewPassword(d);
    d.launcher.script.connect = 'hold';
    d.launcher.script.logout = 'silent';
    await d.start();
    const engine = d.launcher.engine();
    engine.report({ type: 'logon-sent' });
    const ended = d.manager.deactivate('LP-A', 'Deactivated');
    engine.logOn();
    await d.finish(ended);
    expect(d.database.credentials.get('LP-A')).toEqual(MOVED);
  });
});
