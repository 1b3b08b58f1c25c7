import { describe, expect } from 'vitest';
import { settle } from '../../../support/fake-clock.ts';
import { statsOf } from '../../../support/fake-engine.ts';
import { latchesOnDisk, outcomeOf, stepsOf, textOf, throughTunnel } from '../../../support/incidents.ts';
import { PlainLatchDisk } from '../../../support/plain-latch-disk.ts';
import { deskTest as test } from '../../../support/session-desk.ts';

describe('the kill of one LP', () => {
  test('takes its steps in order: latch, outbound, status, Logout, socket, tunnel, engine', async ({ desk }) => {
    const d = desk({ disk: (dataDir, note) => new PlainLatchDisk(dataDir, () => note('latched on disk')) });
    throughTunnel(d);
    await d.start();
    d.journal.length = 0;
    const incident = await d.killAndSettle('LP-A');
    expect(d.journal.filter((what) => !/latch$|desired|released/.test(what))).toEqual([
      'latched on disk',
      'engine LP-A: block-outbound',
      'database LP-A: status 0',
      'engine LP-A: logout',
      'tunnel: stop',
      'engine LP-A: stop',
    ]);
    expect(d.launcher.engine().last('logout').text).toBe('Killed: runaway');
    expect(stepsOf(incident)).toEqual({
      latch: 'done',
      'status-zero': 'done',
      'block-outbound': 'done',
      logout: 'done',
      'socket-destroyed': 'done',
      'tunnel-stopped': 'done',
      'engine-stopped': 'done',
      'event-published': 'waiting',
      'audit-written': 'waiting',
    });
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(d.settled.map(({ id }) => id)).toEqual([incident.id]);
    await settle();
    expect(d.view()).toMatchObject({
      state: { kind: 'killed', latch: { incidentId: incident.id, by: 'trader', reason: 'runaway' } },
      status: 0,
      reason: { code: 'killed', detail: 'trader: runaway' },
      enginePid: null,
      tunnelPid: null,
    });
    expect(d.database.row('LP-A')).toMatchObject({
      status: 0,
      desired: 'inactive',
      killed: { incidentId: incident.id, by: 'trader', reason: 'runaway' },
      owner: null,
    });
  });

  test('has latched on disk when it returns, and is shown as killed at once', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    const { id } = d.kill('LP-A');
    expect(latchesOnDisk(d)).toMatchObject({ 'LP-A': { incidentId: id } });
    expect(d.view()).toMatchObject({ state: { kind: 'killed' }, status: 0 });
    expect(d.launcher.engine().last('block-outbound')).toBeDefined();
    await d.finish(d.manager.killSettled(id));
  });

  test('says of each step when it was taken', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const began = d.clock.nowMs();
    const { id } = d.kill('LP-A');
    await d.clock.advance(400);
    d.launcher.engine().drop({ code: 'killed' });
    const incident = await d.finish(d.manager.killSettled(id));
    const at = Object.fromEntries((incident.lps[0]?.steps ?? []).map(({ name, atMs }) => [name, atMs]));
    expect(at).toMatchObject({
      latch: began,
      'block-outbound': began,
      'status-zero': began,
      logout: began + 400,
      'engine-stopped': began + 400,
    });
    expect(textOf(incident, 'logout')).toBe('the LP did not answer');
  });

  test('is one incident however often it is pressed', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const first = d.kill('LP-A');
    expect(d.kill('LP-A').id).toBe(first.id);
    await d.clock.advance(1_000);
    expect(d.kill('LP-A').id).toBe(first.id);
    await d.finish(d.manager.killSettled(first.id));
    expect(d.kill('LP-A').id).toBe(first.id);
    expect(
      d.launcher
        .engine()
        .types()
        .filter((type) => type === 'logout'),
    ).toHaveLength(1);
    expect(d.manager.incidents()).toHaveLength(1);
    expect(d.settled).toHaveLength(1);
    expect((await d.manager.killSettled(first.id)).id).toBe(first.id);
  });

  test('ends an engine that does not acknowledge the block by SIGKILL, after a second, and says that it is not confirmed', async ({
    desk,
  }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    const engine = d.launcher.engine();
    engine.script.health = 'wedged';
    const { id } = d.kill('LP-A');
    const stepNow = (): string | undefined =>
      d.manager.incidents()[0]?.lps[0]?.steps.find(({ name }) => name === 'block-outbound')?.state;
    expect(stepNow()).toBe('doing');
    await d.clock.advance(999);
    expect(engine.alive).toBe(true);
    await d.clock.advance(1);
    expect(engine.alive).toBe(false);
    const incident = await d.finish(d.manager.killSettled(id));
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(stepsOf(incident)['block-outbound']).toBe('failed');
    expect(textOf(incident, 'block-outbound')).toContain('not confirmed');
    expect(stepsOf(incident)).toMatchObject({ logout: 'failed', 'socket-destroyed': 'done', 'engine-stopped': 'done' });
    expect(textOf(incident, 'socket-destroyed')).toBe('with its process, by SIGKILL');
    expect(textOf(incident, 'engine-stopped')).toBe(`process ${engine.pid} ended by SIGKILL`);
  });

  test('of a process that even SIGKILL does not end is not confirmed, and it stays killed', async ({ desk }) => {
    const d = desk();
    d.leaves = true;
    d.database.put('LP-A');
    await d.start();
    d.launcher.engine().script.health = 'immortal';
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('not-confirmed');
    expect(stepsOf(incident)).toMatchObject({ 'socket-destroyed': 'failed', 'engine-stopped': 'failed' });
    expect(d.view()).toMatchObject({ state: { kind: 'killed' }, enginePid: d.launcher.engine().pid });
    // Nobody else may take it while the process is there.
    expect(d.database.row('LP-A').owner).toBe(d.host);
  });

  test('ends a tunnel by force that does not stop, and one whose stop fails', async ({ desk }) => {
    for (const stops of ['ignores', 'fails'] as const) {
      const d = desk();
      throughTunnel(d);
      await d.start();
      d.tunnels.tunnel().stops = stops;
      const incident = await d.killAndSettle('LP-A');
      expect(outcomeOf(incident)).toBe('confirmed');
      expect(textOf(incident, 'tunnel-stopped')).toBe(`stunnel, process ${d.tunnels.tunnel().pid}, by SIGKILL`);
    }
  });

  test('of a tunnel that does not end is not confirmed; its engine is ended all the same', async ({ desk }) => {
    const d = desk();
    d.leaves = true;
    throughTunnel(d);
    await d.start();
    d.tunnels.tunnel().stops = 'immortal';
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('not-confirmed');
    expect(stepsOf(incident)).toMatchObject({ 'tunnel-stopped': 'failed', 'engine-stopped': 'done' });
    expect(d.launcher.alive()).toEqual([]);
  });

  test('of an LP that is inactive latches it', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { desired: 'inactive' });
    await d.start();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(stepsOf(incident)).toMatchObject({ latch: 'done', logout: 'skipped', 'engine-stopped': 'skipped' });
    expect(await d.manager.activate('LP-A')).toMatchObject({ ok: false, error: { kind: 'user', code: 'killed' } });
  });

  test('leaves the numbers and the last message that were known, with the console that had it', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    const lastMessage = { direction: 'in', msgType: '8', atMs: d.clock.nowMs() } as const;
    d.launcher.engine().report({ type: 'stats', stats: { ...statsOf({ nextIn: 41, nextOut: 17 }), lastMessage } });
    const before = d.view();
    await d.killAndSettle('LP-A');
    await settle();
    expect(d.view()).toMatchObject({
      state: { kind: 'killed' },
      enginePid: null,
      owner: before.owner,
      statsAtMs: before.statsAtMs,
      stats: { nextIn: 41, nextOut: 17, lastMessage, inPerSecond: 0 },
    });
  });
});
