import { inside } from '../../faults/inside.ts';
import { vfxlp } from '../../integration/cli/console-under-cli.ts';
import { KillDesk, nameOf } from './kill-desk.ts';
import { monotonicMs } from './lp-farm.ts';

export interface Figure {
  readonly figure: string;
  readonly measured: string;
  readonly mustReach: string;
  readonly pass: boolean;
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** From the request until the LP has the Logout, ms, LP by LP. */
async function killEach(desk: KillDesk, lps: readonly number[]): Promise<number[]> {
  const took: number[] = [];
  for (const i of lps) {
    const before = (await desk.farm.state())[i]?.sessions;
    const began = monotonicMs();
    const answered = desk.kill(i);
    const seen = await desk.farm.until(
      `Logout of ${nameOf(i)}`,
      (all) => all[i]?.logoutAtMs !== null && all[i]?.sessions === before,
    );
    await answered;
    took.push((seen[i]?.logoutAtMs ?? Number.NaN) - began);
    await new Promise((later) => setTimeout(later, 100));
  }
  return took;
}

const LPS = 20;
const PER_SECOND = 500;
const ROUNDS = 5;

/** One kill after the other, under load, while `put` holds. */
export async function oneKill(
  name: string,
  put: (desk: KillDesk) => unknown = () => undefined,
  lift: (desk: KillDesk) => unknown = () => undefined,
  withNats = false,
): Promise<Figure[]> {
  const desk = await KillDesk.open(LPS, PER_SECOND, withNats);
  try {
    const took: number[] = [];
    await new Promise((later) => setTimeout(later, 3_000));
    for (let round = 0; round < ROUNDS; round += 1) {
      await put(desk);
      took.push(
        ...(await killEach(
          desk,
          Array.from({ length: LPS }, (_, i) => i),
        )),
      );
      await lift(desk);
      await desk.again();
    }
    const [p50, p99] = [percentile(took, 50), percentile(took, 99)];
    return [
      {
        figure: `one kill, ${LPS} LPs × ${PER_SECOND}/s, POST → Logout on the wire, p50 / p99 of ${took.length}${name}`,
        measured: `${ms(p50)} / ${ms(p99)} (longest ${ms(Math.max(...took))})`,
        mustReach: '≤ 5 / 20 ms',
        pass: p50 <= 5 && p99 <= 20,
      },
    ];
  } finally {
    await desk.close();
  }
}

/** @param perSecond messages of each LP meanwhile */
export async function killAll(database: 'up' | 'down', perSecond: number): Promise<Figure[]> {
  const desk = await KillDesk.open(50, perSecond);
  try {
    const took: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      if (database === 'down') await desk.link.refuse();
      const began = monotonicMs();
      await desk.killAll();
      const seen = await desk.farm.until('every Logout', (all) => all.every(({ logoutAtMs }) => logoutAtMs !== null));
      took.push(Math.max(...seen.map(({ logoutAtMs }) => logoutAtMs ?? Number.NaN)) - began);
      if (database === 'down') await desk.link.mend();
      await desk.again();
    }
    const worst = Math.max(...took);
    return [
      {
        figure: `KILL ALL, 50 LPs${perSecond === 0 ? '' : ` × ${perSecond}/s`}, last Logout, database ${database}, of ${took.length} times`,
        measured: took.map(ms).join(', '),
        mustReach: '≤ 100 ms',
        pass: worst <= 100,
      },
    ];
  } finally {
    await desk.close();
  }
}

/** From the request until the LP's connection has ended, where something does not answer. */
export async function killWedged(): Promise<Figure[]> {
  const desk = await KillDesk.open(3, 50);
  try {
    const ended = async (figure: string, put: (enginePid: number) => unknown): Promise<Figure> => {
      const { enginePid } = (await desk.views()).find(({ provider }) => provider === nameOf(0)) ?? {};
      if (typeof enginePid !== 'number') throw new Error('no engine');
      await put(enginePid);
      const began = monotonicMs();
      await desk.kill(0);
      const seen = await desk.farm.until(figure, ([lp]) => lp?.endedMs !== null, 20_000);
      const took = (seen[0]?.endedMs ?? Number.NaN) - began;
      desk.farm.command({ type: 'mute', on: false });
      await desk.again();
      return {
        figure: `kill, ${figure}, until the socket is gone`,
        measured: ms(took),
        mustReach: '≤ 2.5 s',
        pass: took <= 2_500,
      };
    };
    return [
      await ended('engine stopped', (pid) => process.kill(pid, 'SIGSTOP')),
      await ended('engine spinning', async (pid) => {
        await inside(desk.serve, pid, 'setTimeout(() => { for (;;); }, 400) && 0');
        await new Promise((later) => setTimeout(later, 600));
      }),
      await ended('LP mute at Logout', () => desk.farm.command({ type: 'mute', on: true })),
    ];
  } finally {
    await desk.close();
  }
}

/** `vfxlp kill` from its start until the LP has the Logout, while main is stopped. */
export async function killFromOutside(): Promise<Figure[]> {
  const desk = await KillDesk.open(3, 50);
  try {
    desk.serve.child.kill('SIGSTOP');
    const began = monotonicMs();
    const said = vfxlp(desk.serve.dataDir, 'kill', nameOf(0), '--reason', 'bench');
    const seen = await desk.farm.until(
      'Logout',
      ([lp]) => lp !== undefined && (lp.logoutAtMs !== null || lp.endedMs !== null),
      20_000,
    );
    const took = (seen[0]?.logoutAtMs ?? seen[0]?.endedMs ?? Number.NaN) - began;
    await said;
    desk.serve.child.kill('SIGCONT');
    return [
      { figure: '`vfxlp kill` with main stopped, until the Logout', measured: ms(took), mustReach: '≤ 1 s', pass: took <= 1_000 },
    ];
  } finally {
    await desk.close();
  }
}
