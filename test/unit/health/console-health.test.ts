import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LpView } from '../../../main/contracts/lp-view.ts';
import { watchHealth } from '../../../main/health/console-health.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { statsOf } from '../../support/fake-engine.ts';
import { health as fine, lpView } from '../operations/lp-view.ts';

let dir: string;
let clock: FakeClock;
let views: readonly LpView[];
let watch: ReturnType<typeof watchHealth>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-health-'));
  clock = new FakeClock();
  views = [];
  watch = watchHealth({
    clock,
    folders: [{ name: 'data folder', path: dir }],
    database: () => fine.database,
    nats: () => fine.nats,
    views: () => views,
  });
});
afterEach(async () => {
  const closed = watch.close();
  await clock.advance(1_000);
  await closed;
  rmSync(dir, { recursive: true });
});

const foreign = (provider: string) => lpView(provider, { kind: 'foreign', owner: 'desk-2/7' }, { owner: 'desk-2/7' });

test('a console none of whose LPs it may run is not ok, one that runs some is', () => {
  expect(watch.health().ownership.state).toBe('ok');
  views = [foreign('LP-A'), lpView('LP-B', { kind: 'logged-on' })];
  expect(watch.health().ownership).toMatchObject({ state: 'ok', text: '1 of 2 LPs are run by desk-2/7' });
  views = [foreign('LP-A'), foreign('LP-B')];
  expect(watch.health().ownership).toMatchObject({
    state: 'degraded',
    text: 'Every LP is run by desk-2/7: this console runs none',
  });
});

test('an LP of which it cannot be told who owns it is not ok, and is named', () => {
  views = [
    lpView('LP-A', { kind: 'logged-on' }),
    lpView('LP-B', { kind: 'error' }, { reason: { code: 'database-lost' }, status: 2 }),
  ];
  expect(watch.health().ownership).toMatchObject({ state: 'degraded', text: 'It cannot be told who owns LP-B' });
});

test('an engine that uses most of its memory is named with what it uses', () => {
  const engine = (rssBytes: number) =>
    lpView('LP-A', { kind: 'logged-on' }, { enginePid: 7, stats: statsOf({ rssBytes }), engineMemoryMb: 512 });
  views = [engine(200e6)];
  expect(watch.health().engines).toMatchObject({ state: 'ok', running: 1 });
  views = [engine(450e6)];
  expect(watch.health().engines).toMatchObject({ state: 'degraded', text: '1 running; that of LP-A uses 450 of 512 MB' });
});
