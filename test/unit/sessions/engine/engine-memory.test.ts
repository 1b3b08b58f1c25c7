import { describe, expect } from 'vitest';
import { DEFAULT_RETRY, DEFAULT_SESSION } from '../../../../main/contracts/lp-config.ts';
import { settle } from '../../../support/fake-clock.ts';
import { statsOf } from '../../../support/fake-engine.ts';
import { configOf } from '../../../support/memory-database.ts';
import { type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

async function loggedOn(desk: SessionDesk): Promise<void> {
  const session = { ...DEFAULT_SESSION, engineMemoryMb: 300 };
  const value = configOf('LP-A', { session, retry: { ...DEFAULT_RETRY, baseMs: 1_000 } });
  desk.database.put('LP-A', { config: { valid: true, value } });
  await desk.start();
}
const uses = (desk: SessionDesk, mb: number): void =>
  desk.launcher.engine().report({ type: 'stats', stats: statsOf({ rssBytes: mb * 1e6 }) });
const alarms = (desk: SessionDesk): string[] =>
  desk.manager
    .timeline('LP-A', 100)
    .filter(({ event, level }) => event === 'Engine' && level !== 'info')
    .map(({ text }) => text);

describe('the memory of an engine', () => {
  test('is told of once when it is nearly used up, and again when it has been little since', async ({ desk }) => {
    const d = desk();
    await loggedOn(d);
    for (const mb of [100, 240, 250, 299, 150, 240]) uses(d, mb);
    expect(alarms(d)).toEqual([
      'The engine process uses 240 of 300 MB; with more than that it is ended and started again',
      'The engine process uses 240 of 300 MB; with more than that it is ended and started again',
    ]);
    expect(d.state()).toBe('logged-on');
  });

  test('that is used up ends the session with a Logout, with its reason, and a new engine goes on', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    await loggedOn(d);
    const first = d.launcher.engine();
    uses(d, 301);
    uses(d, 350);
    await settle();
    expect(first.types().slice(-2)).toEqual(['logout', 'stop']);
    const reason = { code: 'engine-memory', detail: '301 of 300 MB' };
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1 }, status: 2, reason, enginePid: null });
    expect(first.alive).toBe(false);
    await d.clock.advance(1_000);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, status: 1, enginePid: d.launcher.engine().pid });
    expect(d.launcher.engines).toHaveLength(2);
    expect(d.database.statuses('LP-A')).toEqual([1, 2, 1]);
  });

  test('that is used up while the LP does not answer the Logout ends within its threshold, by force if need be', async ({
    desk,
  }) => {
    const d = desk({ random: () => 1 });
    await loggedOn(d);
    const first = d.launcher.engine();
    first.script.logout = 'silent';
    uses(d, 400);
    first.script.health = 'wedged';
    await d.clock.advance(DEFAULT_SESSION.logoutAckMs + 300 + 1_500);
    await settle();
    expect(first.alive).toBe(false);
    expect(d.view().reason).toEqual({ code: 'engine-memory', detail: '400 of 300 MB' });
    await d.clock.advance(2_000);
    expect(d.launcher.engines).toHaveLength(2);
  });

  test('that is used up before a connection is there ends the engine all the same', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    d.launcher.script.start = 'hold';
    await loggedOn(d);
    uses(d, 400);
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1 }, reason: { code: 'engine-memory' } });
  });

  test('a kill of an LP whose engine is being ended is a kill', async ({ desk }) => {
    const d = desk();
    await loggedOn(d);
    d.launcher.engine().script.logout = 'silent';
    uses(d, 400);
    await settle();
    const incident = await d.killAndSettle('LP-A');
    expect(incident.lps[0]?.outcome).toBe('confirmed');
    expect(d.view()).toMatchObject({ state: { kind: 'killed' }, status: 0 });
    await d.clock.advance(60_000);
    expect(d.launcher.engines).toHaveLength(1);
  });
});
