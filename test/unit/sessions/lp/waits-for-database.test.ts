import { describe, expect } from 'vitest';
import { whyOf } from '../../../../renderer/store/lp-why.ts';
import { settle } from '../../../support/fake-clock.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('an LP that drops while the database is away', () => {
  test('says that it waits for the database, and goes on when that is back', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    d.database.put('LP-A');
    await d.start();
    expect(d.state()).toBe('logged-on');
    d.database.goAway();
    await settle();
    d.launcher.engine().drop({ code: 'tcp-reset' });
    await settle();
    await d.clock.advance(60_000);
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1, waitsFor: 'database' }, reason: { code: 'tcp-reset' } });
    expect(whyOf(d.view(), d.clock.nowMs())).toMatchObject({
      text: 'The connection was reset',
      next: 'waits for the database: no attempt before it answers',
    });
    const said = d.manager.timeline('LP-A', 100).filter(({ text }) => text.startsWith('Waits for the database'));
    expect(said).toHaveLength(1);
    d.database.comeBack();
    await d.clock.advance(10_000);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, status: 1 });
  });

  test('a failed listener is told as what it is, and nothing of the database’s', async ({ desk }) => {
    const d = desk();
    d.manager.onTimeline(() => {
      throw new Error('a defect of a screen');
    });
    d.database.put('LP-A');
    await d.start();
    expect(d.state()).toBe('logged-on');
    expect(d.defects).toContainEqual(new Error('a defect of a screen'));
    expect(d.errors).toEqual([]);
  });
});
