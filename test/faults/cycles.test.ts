import { afterAll, beforeAll, expect } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { Random, seedOf } from '../support/random.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { residentMb } from './footprint.ts';
import { inside } from './inside.ts';

const CYCLES = 200;
const LPS = 4;
const MORE_MB = 60;
const MORE_TIMERS = 10;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const fault = faults('cycles', async () =>
  Desk.open({ databaseUrl: (await postgres.createDatabase()).url, lps: LPS, draft: { session: { logoutAckMs: 500 } } }),
);

const timersOf = async (desk: Desk): Promise<number> =>
  Number(await inside(desk.serve, desk.pid, "process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length"));

fault(
  `${CYCLES} random activations, deactivations, restarts, kills and re-arms`,
  0,
  async (f, desk) => {
    const random = new Random(seedOf('VFXLP_SEED'));
    console.log(`cycles: VFXLP_SEED=${random.seed}`);
    const [memory, timers] = [residentMb(desk.pid), await timersOf(desk)];
    const began = performance.now();
    const refused = new Map<string, number>();
    // Each LP has its own operator: what is asked of one LP follows on what was asked before, and others go on meanwhile.
    await Promise.all(
      desk.lps.map(async (_lp, i) => {
        const provider = `LP-${i + 1}`;
        for (let n = 0; n < CYCLES / LPS; n += 1) {
          const action = random.of(['activate', 'activate', 'deactivate', 'restart', 'kill', 'rearm', 'rearm'] as const);
          await desk.act(action, provider).catch((error: unknown) => {
            // What cannot be asked now is refused with a sentence; anything else is a defect.
            if (!/: 4\d\d /.test(String(error))) throw error;
            refused.set(action, (refused.get(action) ?? 0) + 1);
          });
        }
      }),
    );
    f.row.shownMs = performance.now() - began;
    for (const [i] of desk.lps.entries()) {
      const provider = `LP-${i + 1}`;
      await expect
        .poll(() => desk.view(provider).enginePid === null || desk.view(provider).state.kind !== 'stopping', { timeout: 15_000 })
        .toBe(true);
      if (desk.view(provider).state.kind === 'killed')
        await expect.poll(() => desk.act('rearm', provider).then(() => true, String), { timeout: 15_000 }).toBe(true);
      await desk.act('activate', provider);
    }
    await desk.whole();
    // Garbage is collected before memory is looked at.
    await expect.poll(() => residentMb(desk.pid), { timeout: 10_000 }).toBeLessThan(memory + MORE_MB);
    await expect.poll(() => timersOf(desk), { timeout: 20_000, interval: 1_000 }).toBeLessThanOrEqual(timers + MORE_TIMERS);
    f.row.words = `seed ${random.seed}; refused with a sentence: ${[...refused].map(([action, n]) => `${action} ${n}`).join(', ')}; memory ${Math.round(residentMb(desk.pid) - memory)} MB more`;
  },
  180_000,
);
