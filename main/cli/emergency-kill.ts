import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../base/errors.ts';
import { processStart } from '../base/process-start.ts';
import type { KillLatch } from '../contracts/lp-record.ts';
import { NOT_KNOWN_YET } from '../sessions/kill/kill-switch.ts';
import { areLatched, latchFromOutside } from './outside-latch.ts';
import { type ProcessRecord, readRecords } from './process-records.ts';

export interface EmergencyKill {
  readonly dataDir: string;
  /** Null: every LP. */
  readonly provider: string | null;
  readonly latch: KillLatch;
  /** One step, as a sentence. */
  readonly say: (text: string) => void;
}

interface EndedProcess extends ProcessRecord {
  readonly how: 'asked' | 'forced' | 'does not end';
}

export interface EmergencyOutcome {
  readonly latched: boolean;
  readonly processes: readonly EndedProcess[];
  /** Recorded processes of LPs that were not to be killed. */
  readonly left: readonly ProcessRecord[];
}

/** How long the disk may take before the sessions are ended without knowing whether the latch stands. */
const LATCH_FIRST_MS = 100;
const LATCH_WITHIN_MS = 3_000;
const DEFAULT_LOGOUT_ACK_MS = 2_000;
/** Beyond LogoutAckThreshold, the time an engine that works needs to flush and end. */
const GRACE_MS = 300;
const TUNNEL_STOP_MS = 500;
const FORCED_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 10;
/** A console that wakes between our steps may start an engine again before it has read the latch. */
const ROUNDS = 3;

/** Kills without the console: latch on its disk, Logout by each engine, then engines and tunnels by force where they do not end. */
export async function killWithoutConsole(kill: EmergencyKill): Promise<EmergencyOutcome> {
  const { dataDir, provider, latch, say } = kill;
  const isMeant = (record: ProcessRecord): boolean => provider === null || record.provider === provider;
  const meant = readRecords(dataDir).filter(isMeant);
  const providers = provider === null ? [NOT_KNOWN_YET, ...new Set(meant.map((record) => record.provider))] : [provider];

  const latching = latchFromOutside(dataDir, providers, latch).then(
    () => say('kill latch: on disk'),
    (error: unknown) => say(`kill latch: NOT on disk: ${messageOf(error)}`),
  );
  if ((await Promise.race([latching.then(() => 'answered'), pause(LATCH_FIRST_MS)])) === undefined)
    say(`kill latch: the disk has not answered for ${LATCH_FIRST_MS} ms; the sessions are ended meanwhile`);

  const ended: EndedProcess[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const running = readRecords(dataDir).filter((record) => isMeant(record) && !ended.some(({ pid }) => pid === record.pid));
    if (running.length === 0) break;
    ended.push(...(await endAll(running, say)));
  }
  await Promise.race([latching, pause(LATCH_WITHIN_MS)]);
  return {
    latched: stands(dataDir, providers),
    processes: ended,
    left: readRecords(dataDir).filter((record) => !isMeant(record)),
  };
}

/** The engines first: each says its Logout through its tunnel. */
async function endAll(records: readonly ProcessRecord[], say: (text: string) => void): Promise<readonly EndedProcess[]> {
  const end = async (record: ProcessRecord): Promise<EndedProcess> => {
    const { provider, kind, pid, logoutAckMs } = record;
    const patience = kind === 'engine' ? (logoutAckMs ?? DEFAULT_LOGOUT_ACK_MS) + GRACE_MS : TUNNEL_STOP_MS;
    say(`${provider}: ${kind} ${pid}: ${kind === 'engine' ? 'told to log out and end' : 'told to end'}`);
    signal(record, 'SIGTERM');
    let how: EndedProcess['how'] = 'asked';
    if (!(await gone(record, patience))) {
      how = 'forced';
      signal(record, 'SIGKILL');
      if (!(await gone(record, FORCED_WITHIN_MS))) how = 'does not end';
    }
    const said = { asked: 'ended by itself', forced: `ended by SIGKILL after ${patience} ms`, 'does not end': 'DOES NOT END' };
    say(`${provider}: ${kind} ${pid}: ${said[how]}`);
    return { ...record, how };
  };
  const endLp = async (provider: string): Promise<readonly EndedProcess[]> => {
    const own = records.filter((record) => record.provider === provider);
    const engines = await Promise.all(own.filter(({ kind }) => kind === 'engine').map(end));
    const tunnels = own.filter((record) => record.kind === 'tunnel' && isSame(record));
    return [...engines, ...(await Promise.all(tunnels.map(end)))];
  };
  return (await Promise.all([...new Set(records.map(({ provider }) => provider))].map(endLp))).flat();
}

const isSame = ({ pid, start }: ProcessRecord): boolean => processStart(pid) === start;

function signal(record: ProcessRecord, name: 'SIGTERM' | 'SIGKILL'): void {
  // Looked at just before: its id may be another's by now.
  if (!isSame(record)) return;
  try {
    process.kill(record.pid, name);
  } catch {
    // It ended at this moment, or is another user's: then it does not end, and that is said.
  }
}

async function gone(record: ProcessRecord, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isSame(record)) {
    if (performance.now() >= until) return false;
    await pause(LOOK_EVERY_MS);
  }
  return true;
}

function stands(dataDir: string, providers: readonly string[]): boolean {
  try {
    return areLatched(dataDir, providers);
  } catch {
    // Damaged: said when it was to be written.
    return false;
  }
}
