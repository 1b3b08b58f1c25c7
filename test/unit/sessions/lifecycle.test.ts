import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../support/fake-clock.ts';
import { type DeskOptions, SessionDesk } from '../../support/session-desk.ts';

const desks: SessionDesk[] = [];
const desk = (options?: DeskOptions): SessionDesk => {
  const opened = new SessionDesk(options);
  desks.push(opened);
  return opened;
};
afterEach(async () => {
  for (const opened of desks.splice(0)) {
    await opened.close();
    opened.removeFolder();
  }
});

describe('discovery and activation', () => {
  it('runs what is wanted active, and nothing else', async () => {
    const d = desk();
    d.database.put('LP-A');
    d.database.put('LP-B', { desired: 'inactive' });
    await d.start();
    expect(d.state('LP-A')).toBe('logged-on');
    expect(d.state('LP-B')).toBe('inactive');
    expect(d.launcher.engines.map(({ provider }) => provider)).toEqual(['LP-A']);
    expect(d.errors).toEqual([]);
  });

  it('activates an active LP by stopping it gracefully first', async () => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    const first = d.launcher.engine();
    expect(await d.finish(d.manager.activate('LP-A'))).toEqual({ ok: true, value: null });
    await settle();
    expect(first.types()).toEqual(['start', 'connect', 'block-outbound', 'logout', 'stop']);
    expect(first.alive).toBe(false);
    expect(d.launcher.engines).toHaveLength(2);
    expect(d.state()).toBe('logged-on');
    expect(d.database.statuses('LP-A')).toEqual([1, 0, 1]);
  });
});
