import { describe, expect } from 'vitest';
import type { KillIncident } from '../../../../main/contracts/kill.ts';
import { settle } from '../../../support/fake-clock.ts';
import { latchesOnDisk, outcomeOf, stepsOf, textOf } from '../../../support/incidents.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('what must not stop a kill', () => {
  test('a database that is away: everything else is done at once, status and latch are written when it is back', async ({
    desk,
  }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.database.goAway();
    const began = d.clock.nowMs();
    const incident = await d.killAndSettle('LP-A');
    // What is known to be away is not waited for.
    expect(d.clock.nowMs() - began).toBeLessThan(50);
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(stepsOf(incident)).toMatchObject({
      latch: 'done',
      'status-zero': 'deferred',
      logout: 'done',
      'engine-stopped': 'done',
    });
    expect(d.database.row('LP-A')).toMatchObject({ status: 1, killed: null });
    d.database.comeBack();
    await d.clock.advance(1_000);
    expect(d.database.row('LP-A')).toMatchObject({
      status: 0,
      desired: 'inactive',
      killed: { incidentId: incident.id },
      owner: null,
    });
    expect(stepsOf(d.manager.incidents()[0] as KillIncident)).toMatchObject({ 'status-zero': 'done' });
    expect(d.state()).toBe('killed');
  });

  test('a disk that refuses: the session is ended, the latch holds in memory and database, and the kill is not confirmed', async ({
    desk,
  }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.disk.mood = new Error('ENOSPC: no space left on device');
    const incident = await d.killAndSettle('LP-A');
    expect(stepsOf(incident)).toMatchObject({ latch: 'failed', 'engine-stopped': 'done' });
    expect(textOf(incident, 'latch')).toContain('ENOSPC');
    expect(outcomeOf(incident)).toBe('not-confirmed');
    expect(d.launcher.alive()).toEqual([]);
    d.database.put('LP-A', { desired: 'active' });
    await d.clock.advance(1_000);
    expect(d.state()).toBe('killed');
    expect(d.database.row('LP-A').killed).toMatchObject({ incidentId: incident.id });
  });

  test('a disk that hangs: outbound is blocked at once, the Logout does not wait, and what the disk does is said', async ({
    desk,
  }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.disk.mood = 'hang';
    const { id } = d.kill('LP-A');
    const engine = d.launcher.engine();
    // The Logout leaves though this console should not come to say it.
    expect(engine.last('block-outbound')?.parting).toMatchObject({ text: expect.stringContaining('Killed: '), withinMs: 50 });
    expect(d.state()).toBe('killed');
    await settle();
    expect(engine.types()).toContain('logout');
    expect(textOf(d.manager.incidents()[0] as KillIncident, 'latch')).toBe('in force; on its way to the disk');
    const incident = await d.finish(d.manager.killSettled(id));
    expect(d.launcher.alive()).toEqual([]);
    expect(outcomeOf(incident)).toBe('not-confirmed');
    d.disk.wakes();
    await d.clock.advance(0);
    const [later] = d.manager.incidents();
    expect(stepsOf(later as KillIncident).latch).toBe('done');
    expect(outcomeOf(later as KillIncident)).toBe('confirmed');
  });

  test('a disk that refused: the latch is written when it can be, at once on a second press, and the record keeps both', async ({
    desk,
  }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.disk.mood = new Error('ENOSPC: no space left on device');
    const { id } = await d.killAndSettle('LP-A');
    d.disk.mood = 'works';
    expect(d.kill('LP-A').id).toBe(id);
    await d.clock.advance(0);
    expect(latchesOnDisk(d)).toMatchObject({ 'LP-A': { incidentId: id } });
    const [incident] = d.manager.incidents();
    expect(outcomeOf(incident as KillIncident)).toBe('confirmed');
    const latched = incident?.lps[0]?.log.filter(({ step }) => step === 'latch').map(({ state }) => state);
    expect(latched).toEqual(['doing', 'failed', 'done']);
  });

  test('a latch that another program puts on this disk ends the session here', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    d.disk.found({ 'LP-A': { incidentId: 'by-hand', by: 'vfxlp', reason: 'window stuck', atMs: 0 } });
    const incident = await d.finish(d.manager.killSettled('by-hand'));
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(d.launcher.alive()).toEqual([]);
    await d.clock.advance(1_000);
    expect(d.state()).toBe('killed');
    expect(d.database.row('LP-A').killed).toMatchObject({ incidentId: 'by-hand' });
  });

  test('listeners and an events log that throw', async ({ desk }) => {
    let broken = false;
    const fails = (): void => {
      if (broken) throw new Error('disk full');
    };
    const d = desk({ eventLog: { write: fails } });
    d.database.put('LP-A');
    await d.start();
    broken = true;
    d.manager.onViews(fails);
    d.manager.onIncident(fails);
    d.manager.onTimeline(fails);
    d.manager.onKillSettled(fails);
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(d.launcher.alive()).toEqual([]);
    expect(d.defects.length).toBeGreaterThan(0);
    broken = false;
  });

  test('an event that never reaches NATS', async ({ desk }) => {
    const never = desk({ confirmation: { published: () => new Promise(() => undefined) } });
    const fails = desk({ confirmation: { published: () => Promise.reject(new Error('outbox closed')) } });
    const published = desk({ confirmation: { published: async () => 'published' } });
    let publish: (how: 'published') => void = () => undefined;
    const late = desk({
      confirmation: {
        published: () =>
          new Promise((resolve) => {
            publish = resolve;
          }),
      },
    });
    late.database.put('LP-A');
    await late.start();
    await late.killAndSettle('LP-A');
    await late.clock.advance(2_000);
    expect(stepsOf(late.manager.incidents()[0] as KillIncident)['event-published']).toBe('deferred');
    publish('published');
    await late.clock.advance(0);
    expect(stepsOf(late.manager.incidents()[0] as KillIncident)['event-published']).toBe('done');
    const expected = [
      [never, 'deferred'],
      [fails, 'deferred'],
      [published, 'done'],
    ] as const;
    for (const [d, state] of expected) {
      d.database.put('LP-A');
      await d.start();
      const incident = await d.killAndSettle('LP-A');
      expect(outcomeOf(incident)).toBe('confirmed');
      await d.clock.advance(2_000);
      expect(stepsOf(d.manager.incidents()[0] as KillIncident)['event-published']).toBe(state);
      d.manager.auditWritten(incident.id, null);
      expect(stepsOf(d.manager.incidents()[0] as KillIncident)['audit-written']).toBe('done');
    }
  });
});
