import { describe, expect } from 'vitest';
import { pair, running } from '../../../support/console-pair.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('a kill from the console that does not own the LP', () => {
  test('ends it where it runs, and is confirmed when the owner has let go', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    const { id } = b.kill('LP-A');
    const incident = await b.finish(b.manager.killSettled(id));
    expect(incident.lps[0]?.outcome).toBe('confirmed');
    expect(incident.lps[0]?.steps.find(({ name }) => name === 'engine-stopped')).toMatchObject({
      state: 'done',
      text: 'desk-a/1 has given it up',
    });
    expect(a.launcher.alive()).toEqual([]);
    expect(a.launcher.engine().last('logout').text).toBe('Killed: runaway');
    await clock.advance(1_000);
    expect([a.state(), b.state()]).toEqual(['killed', 'killed']);
    expect(database.row('LP-A')).toMatchObject({ status: 0, desired: 'inactive', killed: { incidentId: id }, owner: null });
    expect(a.manager.incidents()[0]).toMatchObject({ id, lps: [{ outcome: 'confirmed' }] });
  });

  test('is not confirmed while the owner does not let go', async ({ desk }) => {
    const { a, b } = await running(desk);
    a.leaves = true;
    b.leaves = true;
    a.launcher.engine().script.health = 'immortal';
    const incident = await b.killAndSettle('LP-A');
    expect(incident.lps[0]?.outcome).toBe('not-confirmed');
    expect(incident.lps[0]?.steps.find(({ name }) => name === 'engine-stopped')).toMatchObject({
      state: 'failed',
      text: 'desk-a/1 has not given it up',
    });
  });

  test('is latched here even though the database is away, and reaches the owner when it is back', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    database.goAway();
    const incident = await b.killAndSettle('LP-A');
    expect(incident.lps[0]?.outcome).toBe('not-confirmed');
    expect(a.state()).toBe('logged-on');
    database.comeBack();
    await clock.advance(5_000);
    expect(a.launcher.alive()).toEqual([]);
    expect([a.state(), b.state()]).toEqual(['killed', 'killed']);
  });

  test('and one from the owner at the same moment end in one kill', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    const here = a.kill('LP-A');
    const there = b.kill('LP-A');
    await a.finish(Promise.all([a.manager.killSettled(here.id), b.manager.killSettled(there.id)]));
    await clock.advance(10_000);
    const inDatabase = database.row('LP-A').killed?.incidentId;
    expect([here.id, there.id]).toContain(inDatabase);
    for (const d of [a, b]) expect(d.view().state).toMatchObject({ kind: 'killed', latch: { incidentId: inDatabase } });
    // Both disks have the same latch, so that one re-arm is enough.
    expect(await a.finish(a.manager.rearm('LP-A'))).toEqual({ ok: true, value: null });
    await clock.advance(10_000);
    expect([a.state(), b.state()]).toEqual(['inactive', 'inactive']);
    expect(database.row('LP-A').killed).toBeNull();
  });
});

describe('a re-arm at one console', () => {
  test('takes the latch off the disk of the other', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    await a.killAndSettle('LP-A');
    await clock.advance(1_000);
    expect([a.state(), b.state()]).toEqual(['killed', 'killed']);
    expect(await b.finish(b.manager.rearm('LP-A'))).toEqual({ ok: true, value: null });
    await clock.advance(10_000);
    expect([a.state(), b.state()]).toEqual(['inactive', 'inactive']);
    expect(database.row('LP-A')).toMatchObject({ killed: null, desired: 'inactive' });
    await a.close();
    const again = desk({ database, clock, dataDir: a.dataDir, host: 'desk-a/3' });
    await again.start();
    expect(again.state()).toBe('inactive');
    expect(database.row('LP-A').killed).toBeNull();
  });

  test('holds against a console that was off meanwhile and has the latch on its disk', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    await a.killAndSettle('LP-A');
    await clock.advance(1_000);
    await a.close();
    await b.finish(b.manager.rearm('LP-A'));
    await b.finish(b.manager.activate('LP-A'));
    expect(b.state()).toBe('logged-on');
    const again = desk({ database, clock, dataDir: a.dataDir, host: 'desk-a/3' });
    await again.start();
    await clock.advance(10_000);
    expect(again.state()).toBe('foreign');
    expect(b.state()).toBe('logged-on');
    expect(database.row('LP-A')).toMatchObject({ killed: null, status: 1 });
  });

  test('is not written over by the latch that the other had still to write', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    const { id } = await b.killAndSettle('LP-A');
    await clock.advance(1_000);
    await b.finish(b.manager.rearm('LP-A'));
    // As from a queue that waited: the same latch, after it was taken off.
    await database.store().setKillLatch('LP-A', { incidentId: id, by: 'trader', reason: 'runaway', atMs: 0 });
    await clock.advance(10_000);
    expect([a.state(), b.state()]).toEqual(['inactive', 'inactive']);
  });
});

describe('a latch is known by its LP and its incident', () => {
  test('of one incident that killed two, the re-arm of one does not lift the other that arrives late', async ({ desk }) => {
    const { a, database, clock } = pair(desk);
    for (const provider of ['LP-A', 'LP-B']) database.put(provider);
    await a.start();
    const killed = { incidentId: 'of-another', by: 'risk', reason: 'limit', atMs: 0 };
    database.put('LP-A', { killed });
    await clock.advance(5_000);
    expect(await a.finish(a.manager.rearm('LP-A'))).toEqual({ ok: true, value: null });
    expect(a.state('LP-B')).toBe('logged-on');
    database.put('LP-B', { killed });
    await clock.advance(5_000);
    expect([a.state('LP-A'), a.state('LP-B')]).toEqual(['inactive', 'killed']);
    expect(a.launcher.alive()).toEqual([]);
  });

  test('a kill of another console that arrives during the re-arm is not lifted by it', async ({ desk }) => {
    const { a, database, clock } = await running(desk);
    const { id } = await a.killAndSettle('LP-A');
    await clock.advance(1_000);
    const rearmed = a.manager.rearm('LP-A');
    database.put('LP-A', { killed: { incidentId: 'second', by: 'risk', reason: 'limit', atMs: 1 } });
    expect(await a.finish(rearmed)).toMatchObject({ ok: false, error: { code: 'killed-again' } });
    await clock.advance(5_000);
    expect(database.row('LP-A').killed?.incidentId).toBe('second');
    expect(a.view().state).toMatchObject({ kind: 'killed', latch: { incidentId: 'second' } });
    expect(id).not.toBe('second');
  });

  test('an old latch of a console that was off ends nothing, however many were set and taken off since', async ({ desk }) => {
    const { a, b, clock, database } = await running(desk);
    await a.killAndSettle('LP-A');
    await clock.advance(1_000);
    await a.close();
    await b.finish(b.manager.rearm('LP-A'));
    await b.killAndSettle('LP-A');
    await clock.advance(1_000);
    await b.finish(b.manager.rearm('LP-A'));
    await b.finish(b.manager.activate('LP-A'));
    expect(b.state()).toBe('logged-on');
    const again = desk({ database, clock, dataDir: a.dataDir, host: 'desk-a/3' });
    await again.start();
    await clock.advance(10_000);
    expect([again.state(), b.state()]).toEqual(['foreign', 'logged-on']);
    expect(database.row('LP-A')).toMatchObject({ killed: null, status: 1 });
  });
});
