import { describe, expect } from 'vitest';
import { pair, running } from '../../../support/console-pair.ts';
import { settle } from '../../../support/fake-clock.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('two consoles on one database', () => {
  test('run an LP once; the other shows whose it is, and its status', async ({ desk }) => {
    const { a, b } = await running(desk);
    expect(b.view()).toMatchObject({ state: { kind: 'foreign', owner: 'desk-a/1' }, status: 1, owner: 'desk-a/1' });
    expect(b.launcher.engines).toEqual([]);
    expect(a.view().owner).toBe('desk-a/1');
  });

  test('that start at the same moment run each LP once', async ({ desk }) => {
    const { a, b, database } = pair(desk);
    const providers = Array.from({ length: 20 }, (_, i) => `LP-${i}`);
    for (const provider of providers) database.put(provider);
    await Promise.all([a.start(), b.start()]);
    await settle();
    for (const provider of providers) {
      const engines = [...a.launcher.alive(provider), ...b.launcher.alive(provider)];
      expect(engines).toHaveLength(1);
      expect(database.row(provider).status).toBe(1);
    }
  });

  test('hand over what a silent console owned when a person says that it is gone, and not before', async ({ desk }) => {
    const { a: d, database } = pair(desk);
    const silent = { owner: 'desk-z/9', silentOwner: { name: 'desk-z/9', sinceMs: 1 } };
    for (const provider of ['LP-A', 'LP-B']) database.put(provider, silent);
    await d.start();
    expect(d.view()).toMatchObject({ state: { kind: 'foreign', owner: 'desk-z/9' }, silentOwner: silent.silentOwner });
    expect(await d.manager.takeOver('LP-Z', 'trader')).toMatchObject({ error: { code: 'unknown-provider' } });
    expect(await d.manager.takeOver('LP-A', 'trader')).toEqual({
      ok: true,
      value: { console: 'desk-z/9', lps: ['LP-A', 'LP-B'] },
    });
    await settle();
    expect([d.state('LP-A'), d.state('LP-B')]).toEqual(['logged-on', 'logged-on']);
    expect(d.view().silentOwner).toBeNull();
    expect(await d.manager.takeOver('LP-A', 'trader')).toMatchObject({ error: { code: 'nobody-silent' } });
  });

  test('hand an LP over when its console shuts down', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    await a.close();
    await clock.advance(1_000);
    expect(b.state()).toBe('logged-on');
    expect(a.launcher.alive()).toEqual([]);
    expect(database.row('LP-A')).toMatchObject({ status: 1, owner: 'desk-b/2' });
    // No false word of a crash: the console that had it logged out.
    expect(database.statuses('LP-A')).toEqual([1, 0, 1]);
  });

  test('hand an LP over without a false word, though the row was read before it was let go', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    database.holdReads();
    database.notify('LP-A');
    await settle();
    const closed = a.close();
    await clock.advance(100);
    // Status 1, owned by the other: as it stood before.
    database.letReadsGo();
    await closed;
    await clock.advance(1_000);
    expect(b.state()).toBe('logged-on');
    expect(database.statuses('LP-A')).toEqual([1, 0, 1]);
  });

  test('act for each other through the database', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    expect(await b.finish(b.manager.deactivate('LP-A', 'from b'))).toEqual({ ok: true, value: null });
    await clock.advance(1_000);
    expect(a.launcher.alive()).toEqual([]);
    expect([a.state(), b.state()]).toEqual(['inactive', 'inactive']);
    expect(database.row('LP-A')).toMatchObject({ desired: 'inactive', status: 0, owner: null });
    expect(await b.finish(b.manager.activate('LP-A'))).toEqual({ ok: true, value: null });
    await clock.advance(1_000);
    expect([...a.launcher.alive(), ...b.launcher.alive()]).toHaveLength(1);
    expect(database.row('LP-A').status).toBe(1);
  });
});

describe('losing the connection that proves ownership', () => {
  test('leaves the session on, and makes no new connection until ownership is proven again', async ({ desk }) => {
    const { a, database, clock } = await running(desk);
    const engine = a.launcher.engine();
    database.goAway();
    await clock.advance(10_000);
    expect(a.state()).toBe('logged-on');
    expect(engine.loggedOn).toBe(true);
    engine.drop({ code: 'tcp-reset' });
    await clock.advance(60_000);
    expect(engine.types().filter((type) => type === 'connect')).toHaveLength(1);
    expect(a.view()).toMatchObject({ state: { kind: 'retry' }, status: 2, reason: { code: 'tcp-reset' } });
    database.comeBack();
    await clock.advance(2_500);
    expect(a.state()).toBe('logged-on');
    expect(database.statuses('LP-A')).toEqual([1, 2, 1]);
  });

  test('does not shorten the wait of a refused logon', async ({ desk }) => {
    const { a, database, clock } = await running(desk);
    const engine = a.launcher.engine();
    engine.script.connect = 'hold';
    engine.drop({ code: 'logon-refused' });
    const { state } = a.view();
    if (state.kind !== 'retry') throw new Error(state.kind);
    database.loseOwnership('desk-a/1');
    await clock.advance(state.atMs - clock.nowMs() - 1);
    expect(engine.types().filter((type) => type === 'connect')).toHaveLength(1);
    await clock.advance(1);
    expect(engine.types().filter((type) => type === 'connect')).toHaveLength(2);
  });

  test('to a console that took the LP over logs out, and does not write over its status', async ({ desk }) => {
    const { a, b, database, clock } = await running(desk);
    // Console a was cut off from the database until its lock and its lease had ended; console b has taken over.
    database.put('LP-A', { owner: 'desk-b/2' });
    database.loseOwnership('desk-a/1');
    a.launcher.engine().drop({ code: 'tcp-reset' });
    await clock.advance(10_000);
    expect(a.launcher.alive()).toEqual([]);
    expect(a.view()).toMatchObject({ state: { kind: 'foreign', owner: 'desk-b/2' }, status: 1 });
    expect(b.state()).toBe('logged-on');
    const written = (host: string) => database.changes.filter(({ consoleHost }) => consoleHost === host).map(({ to }) => to);
    expect(written('desk-a/1')).toEqual([1]);
    // Console b says first that the session which it found ended without a word.
    expect(written('desk-b/2')).toEqual([2, 1]);
  });

  test('to a console that took the LP over while it is logged on logs out', async ({ desk }) => {
    const { a, b, database, clock } = await running(desk);
    a.launcher.engine().script.logout = 'silent';
    database.put('LP-A', { owner: 'desk-b/2' });
    database.loseOwnership('desk-a/1');
    await clock.advance(100);
    expect(a.launcher.engine().last('logout').text).toBe('Another console took over');
    await clock.advance(5_000);
    expect(a.launcher.alive()).toEqual([]);
    expect([a.state(), b.state()]).toEqual(['foreign', 'logged-on']);
    expect(database.row('LP-A').status).toBe(1);
  });

  test('logs out before its lease ends where another console could take over, and comes back with the database', async ({
    desk,
  }) => {
    const { a, database, clock } = await running(desk);
    database.goAway();
    database.loseOwnership('desk-a/1', { rivals: true, leaseLeftMs: 6_000 });
    await clock.advance(2_900);
    expect(a.state()).toBe('logged-on');
    await clock.advance(3_000);
    expect(a.launcher.alive()).toEqual([]);
    expect(a.view()).toMatchObject({ state: { kind: 'error' }, reason: { code: 'database-lost' }, status: 2 });
    database.comeBack();
    await clock.advance(2_000);
    expect(a.state()).toBe('logged-on');
  });

  test('stays logged on past its lease where there is no other console', async ({ desk }) => {
    const { a, database, clock } = await running(desk);
    database.goAway();
    await clock.advance(60_000);
    expect(a.state()).toBe('logged-on');
    expect(a.launcher.alive()).toHaveLength(1);
  });

  test('stays logged on where it is proven again in time', async ({ desk }) => {
    const { a, database, clock } = await running(desk);
    database.loseOwnership('desk-a/1', { rivals: true, leaseLeftMs: 6_000 });
    await clock.advance(10_000);
    expect(a.state()).toBe('logged-on');
    expect(a.launcher.engines).toHaveLength(1);
  });

  test('while the LP is deactivated still writes 0 and leaves nothing owned', async ({ desk }) => {
    const { a, database, clock } = await running(desk);
    database.goAway();
    expect(await a.finish(a.manager.deactivate('LP-A', 'no database'))).toEqual({ ok: true, value: null });
    expect(a.launcher.alive()).toEqual([]);
    database.leasesEnd();
    database.comeBack();
    await clock.advance(5_000);
    expect(database.row('LP-A')).toMatchObject({ status: 0, desired: 'inactive', owner: null });
  });
});
