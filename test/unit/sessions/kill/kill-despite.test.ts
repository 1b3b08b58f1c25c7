import { describe, expect } from 'vitest';
import type { KillIncident } from '../../../../main/contracts/kill.ts';
import type { LatchStore } from '../../../../main/sessions/kill/latch-store.ts';
import { outcomeOf, stepsOf, textOf } from '../../../support/incidents.ts';
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
    expect(d.clock.nowMs() - began).toBeLessThan(500);
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
    const d = desk({
      latches: (real): LatchStore => ({
        ...real,
        set: (providers, latch) => {
          real.set(providers, latch);
          throw new Error('ENOSPC: no space left on device');
        },
      }),
    });
    d.database.put('LP-A');
    await d.start();
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
    expect(d.errors.length).toBeGreaterThan(0);
    broken = false;
  });

  test('an event that never reaches NATS', async ({ desk }) => {
    const never = desk({ confirmation: { published: () => new Promise(() => undefined) } });
    const fails = desk({ confirmation: { published: () => Promise.reject(new Error('outbox closed')) } });
    const published = desk({ confirmation: { published: async () => 'published' } });
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
