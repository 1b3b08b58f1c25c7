import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { KillIncident, KillStepName } from '../../../../main/contracts/kill.ts';
import type { LatchStore } from '../../../../main/sessions/kill/latch-store.ts';
import { settle } from '../../../support/fake-clock.ts';
import { configOf } from '../../../support/memory-database.ts';
import { type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

function stepsOf(incident: KillIncident, provider = 'LP-A'): Record<KillStepName, string> {
  const lp = incident.lps.find((candidate) => candidate.provider === provider);
  if (lp === undefined) throw new Error(`${provider} is not in the incident`);
  return Object.fromEntries(lp.steps.map(({ name, state }) => [name, state])) as Record<KillStepName, string>;
}
const textOf = (incident: KillIncident, name: KillStepName): string | null | undefined =>
  incident.lps[0]?.steps.find((step) => step.name === name)?.text;
const outcomeOf = (incident: KillIncident, provider = 'LP-A'): string | undefined =>
  incident.lps.find((lp) => lp.provider === provider)?.outcome;
const throughTunnel = (d: SessionDesk): void =>
  d.database.put('LP-A', { config: { valid: true, value: configOf('LP-A', { ssl: true }) } });
const latchesOnDisk = (d: SessionDesk): Record<string, unknown> =>
  JSON.parse(readFileSync(join(d.dataDir, 'kill-latches.json'), 'utf8')) as Record<string, unknown>;

describe('the kill of one LP', () => {
  test('takes its steps in order: latch, outbound, status, Logout, socket, tunnel, engine', async ({ desk }) => {
    const d = desk({
      latches: (real): LatchStore => ({
        ...real,
        set: (providers, latch) => {
          real.set(providers, latch);
          d.journal.push('latched on disk');
        },
      }),
    });
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

  test('ends a wedged engine by SIGKILL, after LogoutAckThreshold and not much later', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    await d.start();
    const engine = d.launcher.engine();
    engine.script.health = 'wedged';
    const { id } = d.kill('LP-A');
    await d.clock.advance(2_000);
    expect(engine.alive).toBe(true);
    await d.clock.advance(400);
    expect(engine.alive).toBe(false);
    const incident = await d.finish(d.manager.killSettled(id));
    expect(outcomeOf(incident)).toBe('confirmed');
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
});

describe('a kill while', () => {
  test('the engine starts leaves nothing behind', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.start = 'hold';
    await d.start();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(d.launcher.engine().types()).toEqual(['start', 'block-outbound', 'stop']);
  });

  test('it connects closes that connection', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.connect = 'hold';
    await d.start();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(d.launcher.engine().types()).toEqual(['start', 'connect', 'block-outbound', 'logout', 'stop']);
  });

  test('the tunnel starts ends that tunnel too, and nothing dials through it', async ({ desk }) => {
    const d = desk();
    throughTunnel(d);
    d.tunnels.holds = true;
    await d.start();
    expect(d.view().state).toEqual({ kind: 'connecting', step: 'tunnel' });
    const { id } = d.kill('LP-A');
    await d.clock.advance(1_000);
    d.tunnels.letGo();
    const incident = await d.finish(d.manager.killSettled(id));
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(stepsOf(incident)).toMatchObject({ 'tunnel-stopped': 'done', 'engine-stopped': 'done' });
    expect(d.tunnels.tunnels).toHaveLength(1);
    expect(d.tunnels.alive()).toEqual([]);
    expect(d.launcher.engine().types()).not.toContain('connect');
  });

  test('the tunnel starts gives that start up and does not wait for it', async ({ desk }) => {
    const d = desk();
    throughTunnel(d);
    d.tunnels.holds = true;
    d.tunnels.obeys = true;
    await d.start();
    const { id, startedAtMs } = d.kill('LP-A');
    const incident = await d.finish(d.manager.killSettled(id));
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(stepsOf(incident)).toMatchObject({ 'tunnel-stopped': 'skipped', 'engine-stopped': 'done' });
    expect(d.clock.nowMs() - startedAtMs).toBeLessThan(500);
    expect(d.tunnels.tunnels).toEqual([]);
  });

  test('the tunnel starts and does not come back from it is not confirmed', async ({ desk }) => {
    const d = desk();
    throughTunnel(d);
    d.tunnels.holds = true;
    await d.start();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('not-confirmed');
    expect(stepsOf(incident)).toMatchObject({ 'tunnel-stopped': 'failed', 'engine-stopped': 'done' });
    d.tunnels.letGo();
    await d.close();
  });

  test('it waits to retry ends the wait', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    d.database.put('LP-A');
    d.launcher.script.connect = { code: 'tcp-refused' };
    await d.start();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(textOf(incident, 'logout')).toBe('not connected');
    await d.clock.advance(120_000);
    expect(
      d.launcher
        .engine()
        .types()
        .filter((type) => type === 'connect'),
    ).toHaveLength(1);
  });

  test('a deactivation is under way joins it, and shows all of its steps', async ({ desk }) => {
    const d = desk();
    throughTunnel(d);
    d.launcher.script.logout = 'silent';
    await d.start();
    const deactivated = d.manager.deactivate('LP-A', 'End of day');
    await d.clock.advance(500);
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(stepsOf(incident)).toMatchObject({
      'block-outbound': 'done',
      'status-zero': 'done',
      logout: 'failed',
      'socket-destroyed': 'done',
      'tunnel-stopped': 'done',
      'engine-stopped': 'done',
    });
    expect(
      d.launcher
        .engine()
        .types()
        .filter((type) => type === 'logout'),
    ).toHaveLength(1);
    await d.finish(deactivated);
    expect(d.view()).toMatchObject({ state: { kind: 'killed' }, reason: { code: 'killed' } });
  });

  test('a restart is under way ends it for good', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const restarted = d.manager.restart('LP-A');
    await d.clock.advance(500);
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(await d.finish(restarted)).toMatchObject({ ok: false, error: { code: 'killed' } });
    await d.clock.advance(60_000);
    expect(d.launcher.engines).toHaveLength(1);
  });

  test('an activation waits for the database keeps it from starting', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A', { desired: 'inactive' });
    await d.start();
    d.database.holdReads();
    const activated = d.manager.activate('LP-A');
    await settle();
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    d.database.letReadsGo();
    expect(await d.finish(activated)).toMatchObject({ ok: false, error: { code: 'killed' } });
    expect(d.launcher.engines).toEqual([]);
  });

  test('a start waits for the credentials keeps it from starting', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.database.holdReads('credentials');
    const started = d.manager.start();
    await settle();
    expect(d.database.heldReads).toBe(1);
    const incident = await d.killAndSettle('LP-A');
    expect(outcomeOf(incident)).toBe('confirmed');
    d.database.letReadsGo();
    await d.finish(started);
    await d.clock.advance(10_000);
    expect(d.launcher.engines).toEqual([]);
    expect(d.state()).toBe('killed');
    expect(d.database.row('LP-A').owner).toBeNull();
  });

  test('an engine dies counts that as gone', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const { id } = d.kill('LP-A');
    await d.clock.advance(100);
    d.launcher.engine().exit({ code: 1, signal: null });
    const incident = await d.finish(d.manager.killSettled(id));
    expect(outcomeOf(incident)).toBe('confirmed');
    expect(textOf(incident, 'logout')).toBe('the engine ended first');
    await d.clock.advance(60_000);
    expect(d.launcher.engines).toHaveLength(1);
  });

  test('the console shuts down is finished before it is down', async ({ desk }) => {
    const d = desk();
    d.database.put('LP-A');
    d.launcher.script.logout = 'silent';
    await d.start();
    const { id } = d.kill('LP-A');
    await d.close();
    expect(d.launcher.alive()).toEqual([]);
    expect((await d.finish(d.manager.killSettled(id))).lps[0]?.outcome).toBe('confirmed');
    expect(d.database.row('LP-A')).toMatchObject({ status: 0, killed: { incidentId: id } });
  });
});

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

describe('kill all', () => {
  const providers = Array.from({ length: 50 }, (_, i) => `LP-${String(i + 1).padStart(2, '0')}`);

  test('ends fifty LPs side by side, and says which one it could not end', async ({ desk }) => {
    const d = desk();
    d.leaves = true;
    for (const provider of providers) d.database.put(provider);
    await d.start();
    expect(d.launcher.alive().filter(({ loggedOn }) => loggedOn)).toHaveLength(50);
    for (const engine of d.launcher.engines) engine.script.logout = 'silent';
    d.launcher.engine('LP-07').script.health = 'immortal';
    d.launcher.engine('LP-09').script.health = 'wedged';
    const began = d.clock.nowMs();
    const pressed = d.manager.kill(providers, 'all', 'trader', 'runaway');
    if (!pressed.ok) throw new Error(pressed.error.message);
    expect(Object.keys(latchesOnDisk(d))).toHaveLength(50);
    const incident = await d.finish(d.manager.killSettled(pressed.value.id));
    // As long as one of them, not fifty times: LogoutAckThreshold, grace and the deadlines of the one that does not end.
    expect(d.clock.nowMs() - began).toBeLessThan(10_000);
    const open = incident.lps.filter(({ outcome }) => outcome !== 'confirmed');
    expect(open.map(({ provider, outcome }) => [provider, outcome])).toEqual([['LP-07', 'not-confirmed']]);
    expect(d.launcher.alive().map(({ provider }) => provider)).toEqual(['LP-07']);
    expect(d.settled).toHaveLength(1);
    await settle();
    for (const provider of providers) {
      expect(d.database.row(provider)).toMatchObject({ status: 0, desired: 'inactive', killed: { incidentId: incident.id } });
    }
  });

  test('shows LPs that were killed before as such, and ends the others', async ({ desk }) => {
    const d = desk();
    for (const provider of ['LP-A', 'LP-B', 'LP-C']) d.database.put(provider);
    await d.start();
    const first = await d.killAndSettle('LP-A');
    const all = d.manager.kill(['LP-A', 'LP-B', 'LP-C'], 'all', 'risk', 'everything');
    if (!all.ok) throw new Error(all.error.message);
    const incident = await d.finish(d.manager.killSettled(all.value.id));
    expect(incident.scope).toBe('all');
    expect(stepsOf(incident, 'LP-A').latch).toBe('skipped');
    expect(stepsOf(incident, 'LP-B').latch).toBe('done');
    expect(d.view('LP-A').state).toMatchObject({ latch: { incidentId: first.id, by: 'trader' } });
    // The same press again shows the same; one LP of it shows the incident that killed it.
    expect(d.manager.kill(['LP-A', 'LP-B', 'LP-C'], 'all', 'risk', 'again')).toMatchObject({ value: { id: incident.id } });
    expect(d.kill('LP-B').id).toBe(incident.id);
    expect(d.kill('LP-A').id).toBe(first.id);
  });

  test('of LPs that were all killed one by one is a record of its own, complete at once', async ({ desk }) => {
    const d = desk();
    for (const provider of ['LP-A', 'LP-B']) d.database.put(provider);
    await d.start();
    await d.killAndSettle('LP-A');
    await d.killAndSettle('LP-B');
    const all = d.manager.kill(['LP-A', 'LP-B'], 'all', 'risk', 'everything');
    if (!all.ok) throw new Error(all.error.message);
    expect(all.value.lps.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ['LP-A', 'confirmed'],
      ['LP-B', 'confirmed'],
    ]);
    expect((await d.manager.killSettled(all.value.id)).id).toBe(all.value.id);
    expect(d.settled.at(-1)?.id).toBe(all.value.id);
    expect(d.manager.kill(['LP-A', 'LP-B'], 'all', 'risk', 'again')).toMatchObject({ value: { id: all.value.id } });
  });
});
