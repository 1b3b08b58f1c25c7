import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { DEFAULT_SESSION, type LpConfig, type SessionSchedule } from '../../../../main/contracts/lp-config.ts';
import { openSessionStarts } from '../../../../main/sessions/connect/session-starts.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { configOf } from '../../../support/memory-database.ts';
import { type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

const MINUTE = 60_000;
/** Open from nine to ten past nine. */
const TEN_MINUTES: SessionSchedule = {
  kind: 'daily',
  timeZone: 'UTC',
  startDay: 0,
  endDay: 0,
  startTime: '09:00',
  endTime: '09:10',
  breakStart: null,
  breakEnd: null,
};
/** A new session each day at nine, and no time between two. */
const ALL_DAY: SessionSchedule = { ...TEN_MINUTES, endTime: '09:00' };

const scheduled = (schedule: SessionSchedule | null, version = 1): { valid: true; value: LpConfig } => ({
  valid: true,
  value: configOf('LP-A', { version, session: { ...DEFAULT_SESSION, schedule } }),
});
const at = (time: string): FakeClock => new FakeClock(Date.parse(`2026-01-05T${time}Z`));

/** How often engines were told that the numbers start again. */
const resets = ({ launcher }: SessionDesk): number =>
  launcher.engines.flatMap(({ commands }) => commands.filter(({ type }) => type === 'reset-sequence')).length;

describe('a session with a schedule', () => {
  test('waits until it opens, logs on, and is logged out when it closes', async ({ desk }) => {
    const d = desk({ clock: at('08:58:00') });
    d.database.put('LP-A', { config: scheduled(TEN_MINUTES) });
    await d.start();
    expect(d.view()).toMatchObject({
      state: { kind: 'off-schedule', opensAtMs: Date.parse('2026-01-05T09:00:00Z') },
      status: 0,
      owner: null,
    });
    expect(d.launcher.engines).toHaveLength(0);
    await d.clock.advance(2 * MINUTE);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, status: 1 });
    await d.clock.advance(10 * MINUTE);
    expect(d.view()).toMatchObject({
      state: { kind: 'off-schedule' },
      status: 0,
      reason: { code: 'off-schedule' },
      enginePid: null,
    });
    expect(d.launcher.engine().types().slice(-3)).toEqual(['block-outbound', 'logout', 'stop']);
  });

  test('is not retried outside of it', async ({ desk }) => {
    const d = desk({ clock: at('09:09:59') });
    d.launcher.script.connect = { code: 'tcp-refused' };
    d.database.put('LP-A', { config: scheduled(TEN_MINUTES) });
    await d.start();
    expect(d.state()).toBe('retry');
    await d.clock.advance(5 * MINUTE);
    expect(d.view()).toMatchObject({ state: { kind: 'off-schedule' }, status: 0 });
    expect(d.launcher.alive()).toHaveLength(0);
  });

  test('a killed LP stays killed when its schedule opens', async ({ desk }) => {
    const d = desk({ clock: at('08:58:00') });
    d.database.put('LP-A', { config: scheduled(TEN_MINUTES) });
    await d.start();
    await d.killAndSettle('LP-A');
    await d.clock.advance(5 * MINUTE);
    expect(d.state()).toBe('killed');
    expect(d.launcher.engines).toHaveLength(0);
  });

  test('taking the schedule away outside of it starts the session', async ({ desk }) => {
    const d = desk({ clock: at('08:00:00') });
    d.database.put('LP-A', { config: scheduled(TEN_MINUTES) });
    await d.start();
    expect(d.state()).toBe('off-schedule');
    d.database.put('LP-A', { config: scheduled(null, 2) });
    await d.clock.advance(100);
    expect(d.state()).toBe('logged-on');
  });
});

describe('a schedule that changes while the session is on', () => {
  test('does not log it out when it is open, and does when it is not', async ({ desk }) => {
    const d = desk({ clock: at('09:05:00') });
    d.database.put('LP-A', { config: scheduled(null) });
    await d.start();
    d.database.put('LP-A', { config: scheduled(TEN_MINUTES, 2) });
    await d.clock.advance(1_000);
    d.database.put('LP-A', { config: scheduled({ ...TEN_MINUTES, startTime: '09:02' }, 3) });
    await d.clock.advance(1_000);
    expect(d.state()).toBe('logged-on');
    expect(d.database.statuses('LP-A')).toEqual([1]);
    d.database.put('LP-A', { config: scheduled({ ...TEN_MINUTES, endTime: '09:03' }, 4) });
    await d.clock.advance(1_000);
    expect(d.view()).toMatchObject({ state: { kind: 'off-schedule' }, status: 0 });
  });

  test('goes on with its numbers', async ({ desk }) => {
    const d = desk({ clock: at('09:05:00') });
    d.database.put('LP-A', { config: scheduled(TEN_MINUTES) });
    await d.start();
    d.database.put('LP-A', { config: scheduled({ ...TEN_MINUTES, startTime: '09:02' }, 2) });
    await d.clock.advance(1_000);
    await d.finish(d.manager.restart('LP-A'));
    expect(d.launcher.engines).toHaveLength(2);
    expect(resets(d)).toBe(0);
  });

  test('into an invalid row and back leaves it on, and it still ends in time', async ({ desk }) => {
    const d = desk({ clock: at('09:05:00') });
    d.database.put('LP-A', { config: scheduled(TEN_MINUTES) });
    await d.start();
    d.database.spoil('LP-A', { column: 'Port', rule: 'must be 1–65535' });
    await d.clock.advance(1_000);
    d.database.put('LP-A', { config: scheduled(TEN_MINUTES, 3) });
    await d.clock.advance(1_000);
    expect(d.database.statuses('LP-A')).toEqual([1]);
    d.database.spoil('LP-A', { column: 'Port', rule: 'must be 1–65535' });
    await d.clock.advance(6 * MINUTE);
    // Logged out in time; what is left to say is that the row is invalid.
    expect(d.database.statuses('LP-A')).toEqual([1, 0, 2]);
    expect(d.database.changes[1]?.reason).toEqual({ code: 'off-schedule' });
    expect(d.view()).toMatchObject({ state: { kind: 'error' }, reason: { code: 'config-invalid' }, enginePid: null });
  });
});

describe('sequence numbers at the start of a session', () => {
  test('begin from 1 once per session, and go on over reconnects within it', async ({ desk }) => {
    const d = desk({ clock: at('08:50:00') });
    d.database.put('LP-A', { config: scheduled(ALL_DAY) });
    await d.start();
    expect(resets(d)).toBe(0);
    await d.clock.advance(11 * MINUTE);
    expect(d.state()).toBe('logged-on');
    expect(resets(d)).toBe(1);
    expect(d.launcher.engine().types()).toEqual(['start', 'reset-sequence', 'connect']);
    await d.finish(d.manager.restart('LP-A'));
    expect(resets(d)).toBe(1);
  });

  test('are reset after a restart of the console that slept over the start', async ({ desk }) => {
    const first = desk({ clock: at('08:50:00') });
    first.database.put('LP-A', { config: scheduled(ALL_DAY) });
    await first.start();
    await first.close();
    const second = desk({ clock: at('09:30:00'), database: first.database, dataDir: first.dataDir });
    await second.start();
    expect(resets(second)).toBe(1);
  });

  test('are the FIX session’s: with other CompIDs the row has numbers of their own, which nobody asked to reset', async ({
    desk,
  }) => {
    const first = desk({ clock: at('08:50:00') });
    first.database.put('LP-A', { config: scheduled(ALL_DAY) });
    await first.start();
    await first.close();
    const { value } = scheduled(ALL_DAY, 2);
    first.database.put('LP-A', { config: { valid: true, value: { ...value, targetCompId: 'OTHER' } } });
    const second = desk({ clock: at('09:30:00'), database: first.database, dataDir: first.dataDir });
    await second.start();
    expect(resets(second)).toBe(0);
    await second.close();
    first.database.put('LP-A', { config: scheduled(ALL_DAY, 3) });
    const third = desk({ clock: at('09:40:00'), database: first.database, dataDir: first.dataDir });
    await third.start();
    expect(resets(third)).toBe(1);
  });

  test('that were remembered by the row’s name are the FIX session’s from then on', async ({ desk }) => {
    const { dataDir } = desk();
    openSessionStarts(dataDir).set('LP-A', Date.parse('2026-01-04T09:00:00Z'));
    const d = desk({ clock: at('09:30:00'), dataDir });
    d.database.put('LP-A', { config: scheduled(ALL_DAY) });
    await d.start();
    expect(resets(d)).toBe(1);
    expect(openSessionStarts(d.dataDir).get('LP-A')).toBeNull();
  });

  test('are remembered on disk, and a damaged file counts as never seen', async ({ desk }) => {
    const d = desk();
    openSessionStarts(d.dataDir).set('LP-A', 5);
    expect(openSessionStarts(d.dataDir).get('LP-A')).toBe(5);
    expect(openSessionStarts(d.dataDir).get('LP-B')).toBeNull();
    writeFileSync(join(d.dataDir, 'session-starts.json'), '{"LP-A":');
    expect(openSessionStarts(d.dataDir).get('LP-A')).toBeNull();
  });
});

describe('the wish to start again at 1', () => {
  test('is handed to the engine once: from then on its store keeps it, and numbers that somebody sets are the last word', async ({
    desk,
  }) => {
    const d = desk({ clock: at('08:50:00') });
    d.database.put('LP-A', { config: scheduled(ALL_DAY) });
    await d.start();
    d.launcher.script.connect = { code: 'logon-timeout' };
    await d.clock.advance(11 * MINUTE);
    expect(d.launcher.engine().types().slice(0, 3)).toEqual(['start', 'reset-sequence', 'connect']);
    expect(d.launcher.engine().types().slice(3)).toContain('connect');
    expect((await d.finish(d.manager.setSequence('LP-A', 41, 7))).ok).toBe(true);
    await d.clock.advance(5 * MINUTE);
    expect(resets(d)).toBe(1);
  });

  test('is not handed over before the engine has answered, and nothing is dialled until then', async ({ desk }) => {
    const d = desk({ clock: at('08:50:00') });
    d.database.put('LP-A', { config: scheduled(ALL_DAY) });
    await d.start();
    d.launcher.script.start = 'hold';
    await d.clock.advance(11 * MINUTE);
    const first = d.launcher.engine();
    first.script.health = 'wedged';
    first.report({ type: 'ready', pid: first.pid, nextIn: 11, nextOut: 22 });
    d.launcher.script.start = 'ready';
    await d.clock.advance(MINUTE);
    expect(first.types()).toContain('reset-sequence');
    expect(first.types()).not.toContain('connect');
    expect(d.launcher.engine()).not.toBe(first);
    expect(d.launcher.engine().types()).toEqual(['start', 'reset-sequence', 'connect']);
  });

  test('is there after any number of session starts, and restarts of the console, without an LP', async ({ desk }) => {
    const first = desk({ clock: at('08:50:00') });
    first.launcher.script.connect = { code: 'tcp-refused' };
    first.database.put('LP-A', { config: scheduled(ALL_DAY) });
    await first.start();
    await first.close();
    const second = desk({ clock: at('09:30:00'), database: first.database, dataDir: first.dataDir });
    await second.start();
    expect(resets(second)).toBe(1);
  });

  test.for([
    ['another schedule', { ...ALL_DAY, startTime: '08:30', endTime: '08:30' }],
    ['no schedule', null],
  ] as const)('outlives the change to %s', async ([, schedule], { desk }) => {
    const d = desk({ clock: at('08:50:00') });
    d.database.put('LP-A', { config: scheduled(ALL_DAY) });
    await d.start();
    d.launcher.refuses = new Error('no more processes');
    await d.clock.advance(11 * MINUTE);
    d.database.put('LP-A', { config: scheduled(schedule, 2) });
    await d.clock.advance(1_000);
    expect(resets(d)).toBe(0);
    d.launcher.refuses = null;
    await d.clock.advance(2 * MINUTE);
    expect(d.state()).toBe('logged-on');
    expect(resets(d)).toBe(1);
    await d.finish(d.manager.restart('LP-A'));
    expect(resets(d)).toBe(1);
  });
});
