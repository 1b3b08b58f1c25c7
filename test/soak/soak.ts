import { setTimeout as sleep } from 'node:timers/promises';
import { Desk } from '../faults/desk.ts';
import { openLink } from '../integration/console/breakable-link.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { Random } from '../support/random.ts';
import { Invariants } from './invariants.ts';
import { ALONE, STEPS, type Surroundings } from './steps.ts';

const CALM_EVERY_MS = 40_000;
const CALM_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

export interface SoakOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly lps: number;
  readonly say: (line: string) => void;
}

/**
 * Random faults and orders for so long; now and then all is left alone, and must be whole again.
 * @returns how often each step was taken
 * @throws Error naming the seed and what did not hold
 */
export async function soak(options: SoakOptions): Promise<ReadonlyMap<string, number>> {
  const closing = new AsyncDisposableStack();
  try {
    return await soakIn(closing, options);
  } finally {
    await closing.disposeAsync();
  }
}

async function soakIn(
  closing: AsyncDisposableStack,
  { seed, seconds, lps, say }: SoakOptions,
): Promise<ReadonlyMap<string, number>> {
  const postgres = await startTestPostgres();
  closing.defer(() => postgres.stop());
  const db = await postgres.createDatabase();
  const link = await openLink(db.url);
  closing.defer(() => link.close());
  const desk = await Desk.open({ databaseUrl: link.url, lps, draft: { session: { logoutAckMs: 500 } } });
  closing.defer(async () => {
    const left = await desk.close();
    if (left !== null) throw new Error(left);
  });
  // An engine that is killed takes log lines of its last 50 ms with it.
  desk.logsAreWhole = false;
  for (const lp of desk.lps) lp.stream(20);
  const around: Surroundings = { desk, postgres, db, link, random: new Random(seed), invariants: new Invariants(desk) };
  const taken = new Map<string, number>();
  try {
    await run(around, seconds * 1_000, taken, say);
  } catch (error) {
    throw new Error(`VFXLP_SEED=${seed}: ${error instanceof Error ? error.message : String(error)}\n${desk.screen.describe()}`, {
      cause: error,
    });
  }
  return taken;
}

async function run(around: Surroundings, ms: number, taken: Map<string, number>, say: (line: string) => void): Promise<void> {
  const { desk, random, invariants } = around;
  const began = performance.now();
  const running = new Set<Promise<void>>();
  const busy = new Set<number>();
  let failure: Error | null = null;
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new Error(String(error));
  };
  const watch = setInterval(() => {
    try {
      invariants.check();
    } catch (error) {
      fail(error);
    }
  }, LOOK_EVERY_MS);
  try {
    let calmAtMs = began + CALM_EVERY_MS;
    while (performance.now() - began < ms) {
      if (failure !== null) throw failure;
      const step = random.of(Object.keys(STEPS));
      const i = random.below(desk.lps.length);
      const pause = 50 + random.below(700);
      const lp = desk.lps[i];
      if (lp === undefined || busy.has(i)) {
        await sleep(50);
        continue;
      }
      if (ALONE.has(step)) await Promise.all(running);
      say(`${((performance.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${step}${ALONE.has(step) ? '' : `, LP-${i + 1}`}`);
      taken.set(step, (taken.get(step) ?? 0) + 1);
      busy.add(i);
      const done = (STEPS[step]?.(around, lp, i) ?? Promise.resolve()).catch(fail).finally(() => {
        busy.delete(i);
        running.delete(done);
      });
      running.add(done);
      if (ALONE.has(step)) await done;
      await sleep(pause);
      if (performance.now() > calmAtMs) {
        await Promise.all(running);
        await calm(around);
        say(`${((performance.now() - began) / 1_000).toFixed(1).padStart(7)} s  all whole`);
        calmAtMs = performance.now() + CALM_EVERY_MS;
      }
    }
    await Promise.all(running);
    if (failure !== null) throw failure;
    await calm(around);
    if (failure !== null) throw failure;
  } finally {
    clearInterval(watch);
    await Promise.all(running);
  }
}

/** Everything is lifted, re-armed and activated: each LP is logged on, and both sides have the same numbers. */
async function calm({ desk, invariants }: Surroundings): Promise<void> {
  await desk.look();
  // A console that was just started has read no table yet.
  await desk.screen.until(() => desk.lps.every((_, i) => desk.screen.lps.has(`LP-${i + 1}`)), CALM_WITHIN_MS);
  const deadline = performance.now() + CALM_WITHIN_MS;
  for (;;) {
    const off = desk.lps.map((_, i) => i).filter((i) => ['killed', 'inactive'].includes(desk.view(`LP-${i + 1}`).state.kind));
    if (off.length === 0) break;
    if (performance.now() > deadline) throw new Error(`not activated: ${off.map((i) => `LP-${i + 1}`).join(', ')}`);
    for (const i of off) {
      const provider = `LP-${i + 1}`;
      invariants.rearming(i);
      // One that is settling refuses, and is asked again.
      if (desk.view(provider).state.kind === 'killed') await desk.act('rearm', provider).catch(() => null);
      await desk.act('activate', provider).catch(() => null);
    }
    await sleep(200);
  }
  await desk.whole(CALM_WITHIN_MS);
  const lost = desk.lost();
  if (lost !== null) throw new Error(lost);
}
