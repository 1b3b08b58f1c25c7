import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { KillStepName, KillStepState } from '../../contracts/kill.ts';
import type { TunnelEnd } from '../connect/tunnel-link.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';

export type StepObserver = (name: KillStepName, state: KillStepState, text: string | null) => void;

/** What the engine says when its connection has ended. */
export interface Disconnected {
  readonly answered: boolean;
}

export interface Teardown {
  readonly clock: Clock;
  readonly engine: EngineSupervisor | null;
  /** Ends the tunnel, also one that is just being opened. */
  readonly shutTunnel: () => Promise<TunnelEnd>;
  /** Resolves when the engine reports that its connection has ended; null when there is no connection to end. */
  readonly disconnected: Promise<Disconnected> | null;
  readonly reason: DisconnectReason;
  /** Text(58) of our Logout. */
  readonly text: string;
  /** LogoutAckThreshold, ms. */
  readonly logoutAckMs: number;
  readonly step: StepObserver;
  readonly beforeLogout: BeforeLogout;
}

/** What comes between block-outbound and Logout: status 0 must be on its way to routing before the LP hears of it. */
export interface BeforeLogout {
  /** Called at once, and awaited. */
  readonly first: () => Promise<void>;
  /** How long the Logout waits for it at most, ms. The engine counts it: a console that is slow to hear of the one is not late with the other. */
  readonly withinMs: number;
}

export const NOTHING_FIRST: BeforeLogout = { first: () => Promise.resolve(), withinMs: 0 };

/** How long a session's end waits for status 0 to be committed before it says Logout: routing first. For the disk it does not wait. */
const STATUS_FIRST_MS = 50;

/**
 * Status first, but no longer than 50 ms, and not at all for a database that is known to be away.
 *
 * @param write puts the status on its way; resolves when it is committed
 */
export function statusFirst(
  clock: Clock,
  databaseAway: boolean,
  write: () => Promise<unknown>,
): BeforeLogout & { readonly why: string } {
  return {
    first: async () => {
      const committed = write();
      if (!databaseAway) await withDeadline(clock, STATUS_FIRST_MS, committed);
    },
    withinMs: databaseAway ? 0 : STATUS_FIRST_MS,
    why: databaseAway ? 'the database is away' : `the database has not answered within ${STATUS_FIRST_MS} ms`,
  };
}

/** Beyond LogoutAckThreshold, the time an engine that works needs to tell that its socket is closed. */
export const REPORT_GRACE_MS = 300;
export const ENGINE_STOP_MS = 1_500;
/** An engine that does not acknowledge by then may still be sending orders. */
const BLOCK_WITHIN_MS = 1_000;
const CONFIRM_MS = 3_000;

/**
 * Ends one session in the order that the kill switch prescribes: outbound blocked, Logout and its threshold, socket,
 * tunnel, engine; by force where anything does not answer in time. Deactivation, restart and kill are this same sequence.
 *
 * @returns whether engine and tunnel are known to be gone
 */
export async function tearDown(run: Teardown): Promise<boolean> {
  const { engine, step } = run;
  if (engine === null || engine.gone) {
    for (const name of ['block-outbound', 'logout', 'socket-destroyed'] as const) step(name, 'skipped', 'no engine was running');
    await run.beforeLogout.first();
  } else {
    const blocked = blockOutbound(run, engine);
    await run.beforeLogout.first();
    await endConnection(run, engine);
    await blocked;
  }
  const tunnelGone = await endTunnel(run);
  const engineGone = await endEngine(engine, step);
  return tunnelGone && engineGone;
}

/** Blocked is what the engine says is blocked. One that does not say so is ended, whatever the Logout has come to. */
async function blockOutbound(run: Teardown, engine: EngineSupervisor): Promise<void> {
  const { clock, step, text, reason } = run;
  step('block-outbound', 'doing', null);
  const parting = run.disconnected === null ? null : { text, reason, withinMs: run.beforeLogout.withinMs };
  const answer = await withDeadline(clock, BLOCK_WITHIN_MS, engine.ask({ type: 'block-outbound', parting }));
  if (answer?.ok === true) {
    step('block-outbound', 'done', null);
    return;
  }
  const why = answer?.ok === false ? answer.error.message : `the engine did not acknowledge within ${BLOCK_WITHIN_MS / 1_000} s`;
  step('block-outbound', 'failed', `not confirmed: ${why}; its process is ended`);
  engine.kill();
}

async function endConnection(run: Teardown, engine: EngineSupervisor): Promise<void> {
  const { step } = run;
  if (run.disconnected === null) {
    step('logout', 'skipped', 'not connected');
    step('socket-destroyed', 'skipped', 'not connected');
    return;
  }
  step('logout', 'doing', null);
  const ended = engine.forced ? null : await logOut(run, engine, run.disconnected);
  if (ended !== null) {
    step('logout', 'done', ended.answered ? 'the LP answered' : 'the LP did not answer');
    step('socket-destroyed', 'done', null);
    return;
  }
  // A wedged engine cannot log out; its socket dies with the process.
  step('logout', 'failed', engine.gone && !engine.forced ? 'the engine ended first' : 'the engine did not answer');
  engine.kill();
  const gone = await engine.confirmGone(CONFIRM_MS);
  const how = engine.forced ? 'with its process, by SIGKILL' : 'with its process';
  step('socket-destroyed', gone ? 'done' : 'failed', gone ? how : 'the process does not end');
}

/** @returns null when the engine has not said in time that the connection has ended */
async function logOut(
  run: Teardown,
  engine: EngineSupervisor,
  disconnected: Promise<Disconnected>,
): Promise<Disconnected | null> {
  engine.send({ type: 'logout', text: run.text, reason: run.reason });
  const ended = Promise.race([disconnected, engine.exited.then(() => null)]);
  const how = (await withDeadline(run.clock, run.logoutAckMs + REPORT_GRACE_MS, ended)) ?? null;
  return engine.gone ? null : how;
}

async function endTunnel({ shutTunnel, step }: Teardown): Promise<boolean> {
  step('tunnel-stopped', 'doing', null);
  const { gone, text } = await shutTunnel();
  if (text === null) step('tunnel-stopped', 'skipped', 'no tunnel');
  else step('tunnel-stopped', gone ? 'done' : 'failed', text);
  return gone;
}

async function endEngine(engine: EngineSupervisor | null, step: StepObserver): Promise<boolean> {
  if (engine === null) {
    step('engine-stopped', 'skipped', 'no engine was running');
    return true;
  }
  step('engine-stopped', 'doing', null);
  const who = `process ${engine.pid ?? '?'}`;
  if (engine.forced) engine.kill();
  else await engine.stop(ENGINE_STOP_MS);
  const gone = await engine.confirmGone(CONFIRM_MS);
  const how = engine.forced ? 'by SIGKILL' : 'by itself';
  step('engine-stopped', gone ? 'done' : 'failed', gone ? `${who} ended ${how}` : `${who} does not end`);
  return gone;
}
