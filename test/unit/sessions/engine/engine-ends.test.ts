import { describe, expect } from 'vitest';
import { describeReason } from '../../../../main/contracts/disconnect-reason.ts';
import { DEFAULT_RETRY } from '../../../../main/contracts/lp-config.ts';
import { CONSOLE_SILENT_EXIT } from '../../../../main/contracts/processes.ts';
import { settle } from '../../../support/fake-clock.ts';
import { configOf } from '../../../support/memory-database.ts';
import { type SessionDesk, deskTest as test } from '../../../support/session-desk.ts';

const withRetry = (desk: SessionDesk, retry: Partial<typeof DEFAULT_RETRY> = {}): void => {
  const value = configOf('LP-A', { retry: { ...DEFAULT_RETRY, baseMs: 1_000, logonBaseMs: 8_000, capMs: 30_000, ...retry } });
  desk.database.put('LP-A', { config: { valid: true, value } });
};
/** How long the LP waits from now. */
function waitMs(desk: SessionDesk): number {
  const { state } = desk.view();
  if (state.kind !== 'retry') throw new Error(`the LP is ${state.kind}`);
  return state.atMs - desk.clock.nowMs();
}

describe('an engine that ends', () => {
  test('is noticed at once, shown with how it ended, and started again under the retry policy', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    await d.start();
    d.launcher.engine().exit({ code: 139, signal: null });
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1 }, status: 2, enginePid: null });
    expect(d.view().reason).toEqual({ code: 'engine-exit', detail: 'exit code 139' });
    await d.clock.advance(999);
    expect(d.launcher.engines).toHaveLength(1);
    await d.clock.advance(1);
    expect(d.launcher.engines).toHaveLength(2);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, status: 1, enginePid: d.launcher.engine().pid });
    expect(d.database.statuses('LP-A')).toEqual([1, 2, 1]);
  });

  test('by a signal says which', async ({ desk }) => {
    const d = desk();
    withRetry(d);
    await d.start();
    d.launcher.engine().exit({ code: null, signal: 'SIGSEGV' });
    await settle();
    expect(d.view().reason).toEqual({ code: 'engine-exit', detail: 'SIGSEGV' });
  });

  test('because the console did not answer says that, also when its last words were lost', async ({ desk }) => {
    const d = desk();
    withRetry(d);
    await d.start();
    d.launcher.engine().exit({ code: CONSOLE_SILENT_EXIT, signal: null });
    await settle();
    expect(d.view().reason).toEqual({ code: 'console-silent' });
    expect(describeReason({ code: 'console-silent' })).toBe('The console did not answer for 8 s; logged out for safety');
  });

  test('because it used up its memory says that, and what an engine may use', async ({ desk }) => {
    const d = desk();
    withRetry(d);
    await d.start();
    d.launcher.engine().exit({ code: null, signal: 'out of memory' });
    await settle();
    expect(d.view().reason).toEqual({ code: 'engine-memory', detail: '256 MB' });
  });

  test.for([
    { code: 'store-failed', detail: 'ENOSPC: no space left on device, write' },
    { code: 'database-lost', detail: 'another console may take the LP over' },
    { code: 'console-silent' },
  ] as const)('by itself ($code) says why, once, whether it was connected or not', async (reason, { desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    await d.start();
    d.launcher.script.start = 'hold';
    for (const attempt of [1, 2]) {
      d.launcher.engine().drop(reason);
      d.launcher.engine().exit({ code: 1, signal: null });
      await settle();
      expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt }, status: 2, reason });
      await d.clock.advance(waitMs(d));
      expect(d.launcher.engines).toHaveLength(attempt + 1);
    }
    d.launcher.engine().exit({ code: 70, signal: null });
    await settle();
    expect(d.view().reason).toEqual({ code: 'engine-exit', detail: 'exit code 70' });
  });

  test('that dies at every start backs off like everything else', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    d.launcher.script.start = 'hold';
    await d.start();
    for (const wait of [1_000, 2_000, 4_000]) {
      d.launcher.engine().exit();
      await settle();
      expect(waitMs(d)).toBe(wait);
      await d.clock.advance(wait);
    }
    expect(d.launcher.engines).toHaveLength(4);
  });

  test('reports that arrive after its end change nothing', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    d.launcher.script.connect = 'hold';
    await d.start();
    const engine = d.launcher.engine();
    engine.exit();
    engine.logOn();
    engine.drop({ code: 'tcp-reset' });
    await settle();
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1 }, status: 2, reason: { code: 'engine-exit' } });
    expect(d.database.statuses('LP-A')).toEqual([2]);
  });

  test('two reports of one end are one failure', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    await d.start();
    const engine = d.launcher.engine();
    engine.drop({ code: 'tcp-reset' });
    engine.drop({ code: 'tcp-closed' });
    expect(d.view()).toMatchObject({ attempt: 1, reason: { code: 'tcp-reset' } });
    await d.clock.advance(1_000);
    expect(engine.types().filter((type) => type === 'connect')).toHaveLength(2);
  });

  test('that the system does not start is a failed attempt, not a crash', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    d.launcher.refuses = new Error('spawn EAGAIN');
    await d.start();
    expect(d.view()).toMatchObject({ state: { kind: 'retry', attempt: 1 }, status: 2, reason: { code: 'engine-exit' } });
    expect(d.view().reason?.detail).toContain('spawn EAGAIN');
    d.launcher.refuses = null;
    await d.clock.advance(1_000);
    expect(d.state()).toBe('logged-on');
  });
});

describe('an engine that stops answering', () => {
  test('is ended by force and started again', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    await d.start();
    const first = d.launcher.engine();
    await d.clock.advance(20_000);
    expect(first.alive).toBe(true);
    first.script.health = 'wedged';
    await d.clock.advance(8_000);
    expect(first.alive).toBe(false);
    expect(d.journal).toContain('engine LP-A: SIGKILL');
    expect(d.database.statuses('LP-A').slice(0, 2)).toEqual([1, 2]);
    expect(d.database.changes[1]?.reason).toEqual({ code: 'engine-unresponsive' });
    await d.clock.advance(1_000);
    expect(d.view()).toMatchObject({ state: { kind: 'logged-on' }, status: 1 });
    expect(d.launcher.engines).toHaveLength(2);
  });

  test('is out of service although the system cannot end it, and has no second one beside it', async ({ desk }) => {
    const d = desk({ random: () => 1 });
    withRetry(d);
    d.launcher.script.health = 'works';
    await d.start();
    const first = d.launcher.engine();
    first.script.health = 'immortal';
    await d.clock.advance(60_000);
    expect(d.view()).toMatchObject({ status: 2, reason: { code: 'engine-unresponsive' }, attempt: 1 });
    expect(d.launcher.engines).toHaveLength(1);
    // The disk answers again and the process ends at last.
    first.exit({ code: null, signal: 'SIGKILL' });
    await d.clock.advance(2_000);
    expect(d.state()).toBe('logged-on');
    expect(d.launcher.alive()).toHaveLength(1);
  });

  test('is not one whose machine slept or whose clock was set', async ({ desk }) => {
    const d = desk();
    withRetry(d);
    await d.start();
    for (const step of [3_600_000, -7_200_000, 60_000]) {
      d.clock.setBy(step);
      await d.clock.advance(10_000);
    }
    expect(d.launcher.engines).toHaveLength(1);
    expect(d.state()).toBe('logged-on');
    expect(d.database.statuses('LP-A')).toEqual([1]);
  });
});
