import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk } from '../faults/desk.ts';
import type { WitnessLp } from '../faults/witness-lp.ts';
import type { BreakableLink } from '../integration/console/breakable-link.ts';
import type { TestDatabase, TestPostgres } from '../support/postgres.ts';
import type { Random } from '../support/random.ts';
import type { Invariants } from './invariants.ts';

/** What is put to the console, or asked of it. */
export interface Surroundings {
  readonly desk: Desk;
  readonly postgres: TestPostgres;
  readonly db: TestDatabase;
  readonly link: BreakableLink;
  readonly random: Random;
  readonly invariants: Invariants;
}

type Step = (around: Surroundings, lp: WitnessLp, i: number) => Promise<void>;

const name = (i: number): string => `LP-${i + 1}`;

/** What cannot be done now is refused with a sentence, and a console that is stopped, or is not there, answers nothing. */
async function ask(desk: Desk, action: 'activate' | 'deactivate' | 'restart' | 'kill' | 'rearm', i: number): Promise<boolean> {
  try {
    await desk.act(action, name(i));
    return true;
  } catch (error) {
    if (/: (4\d\d|503) /.test(String(error)) || error instanceof TypeError) return false;
    throw error;
  }
}

const signalEngine = ({ desk }: Surroundings, i: number, signal: 'SIGKILL' | 'SIGSTOP'): void => {
  const pid = desk.screen.lps.get(name(i))?.enginePid;
  try {
    if (typeof pid === 'number') process.kill(pid, signal);
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

export const STEPS: Readonly<Record<string, Step>> = {
  activate: async ({ desk }, _lp, i) => void (await ask(desk, 'activate', i)),
  deactivate: async ({ desk }, _lp, i) => void (await ask(desk, 'deactivate', i)),
  restart: async ({ desk }, _lp, i) => void (await ask(desk, 'restart', i)),
  kill: async ({ desk, invariants }, _lp, i) => {
    if (await ask(desk, 'kill', i)) invariants.latched(i);
  },
  'kill and re-arm': async ({ desk, invariants }, _lp, i) => {
    if (!(await ask(desk, 'kill', i))) return;
    invariants.latched(i);
    await sleep(2_500);
    invariants.rearming(i);
    await ask(desk, 'rearm', i);
    await ask(desk, 'activate', i);
  },
  're-arm': async ({ desk, invariants }, _lp, i) => {
    if (!invariants.killed.includes(i)) return;
    invariants.rearming(i);
    if ((await ask(desk, 'rearm', i)) && (await ask(desk, 'activate', i))) return;
  },
  FIN: async (_around, lp) => lp.end('FIN'),
  RST: async (_around, lp) => lp.end('RST'),
  burst: async (_around, lp) => lp.news(2_000),
  gap: async (_around, lp) => {
    lp.skip(3);
    lp.news(1);
  },
  silence: async (_around, lp) => {
    lp.manners.silent = true;
    await sleep(3_500);
    lp.manners.silent = false;
  },
  refusal: async (_around, lp) => {
    lp.manners.refuse = 'Not now';
    lp.end('FIN');
    await sleep(800);
    lp.manners.refuse = null;
  },
  'engine killed': async (around, _lp, i) => signalEngine(around, i, 'SIGKILL'),
  'engine stopped': async (around, _lp, i) => signalEngine(around, i, 'SIGSTOP'),
  'database connections terminated': async ({ db }) => {
    await db.sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    );
  },
  'database cut off': async ({ link, random }) => {
    link.cut();
    await sleep(500 + random.below(3_500));
    await link.mend();
  },
  'database down': async ({ link, random }) => {
    await link.refuse();
    await sleep(500 + random.below(3_000));
    await link.mend();
  },
  'database restarted': async ({ postgres }) => {
    const pid = postgres.server.pid();
    if (pid !== null) process.kill(pid, 'SIGINT');
    await sleep(1_500);
  },
  'main stopped': async ({ desk, random }) => {
    desk.serve.child.kill('SIGSTOP');
    await sleep(300 + random.below(2_000));
    desk.serve.child.kill('SIGCONT');
  },
  'main killed': async ({ desk }) => {
    const gone = once(desk.serve.child, 'exit');
    desk.serve.child.kill('SIGKILL');
    await gone;
    await desk.restart();
  },
};

/** What concerns all LPs at once waits for what was begun before. */
export const ALONE = new Set([
  'database connections terminated',
  'database cut off',
  'database down',
  'database restarted',
  'main stopped',
  'main killed',
]);
