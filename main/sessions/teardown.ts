import type { Clock } from '../contracts/clock.ts';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { KillStepName, KillStepState } from '../contracts/kill.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import type { Tunnel } from './ports.ts';

export type StepObserver = (name: KillStepName, state: KillStepState, text: string | null) => void;

/** What the engine says when its connection has ended. */
export interface Disconnected {
  readonly answered: boolean;
}

export interface Teardown {
  readonly clock: Clock;
  readonly engine: EngineSupervisor | null;
  readonly tunnel: Tunnel | null;
  /** Resolves when the engine reports that its connection has ended; null when there is no connection to end. */
  readonly disconnected: Promise<Disconnected> | null;
  readonly reason: DisconnectReason;
  /** Text(58) of our Logout. */
  readonly text: string;
  /** LogoutAckThreshold, ms. */
  readonly logoutAckMs: number;
  readonly step: StepObserver;
  /** Awaited between block-outbound and Logout: status 0 must be on its way to routing before the LP hears of it. */
  readonly beforeLogout: () => Promise<void>;
  /** An attempt to connect that is under way; it ends by itself and leaves nothing behind. */
  readonly settled: Promise<void>;
}

/** Beyond LogoutAckThreshold, the time an engine that works needs to tell that its socket is closed. */
const REPORT_GRACE_MS = 300;
const ENGINE_STOP_MS = 1_500;
const CONFIRM_MS = 3_000;

/**
 * Ends one session in the order that the kill switch prescribes (console.md): outbound blocked, Logout and its threshold, socket,
 * tunnel, engine; by force where anything does not answer in time. Deactivation, restart and kill are this same sequence.
 *
 * @returns whether engine and tunnel are known to be gone
 */
export async function tearDown(run: Teardown): Promise<boolean> {
  const { engine, tunnel, step } = run;
  if (engine === null || engine.gone) {
    for (const name of ['block-outbound', 'logout', 'socket-destroyed'] as const) step(name, 'skipped', 'no engine was running');
    await run.beforeLogout();
  } else {
    engine.send({ type: 'block-outbound' });
    step('block-outbound', 'done', null);
    await run.beforeLogout();
    await endConnection(run, engine);
  }

  const tunnelGone = await endTunnel(run.clock, tunnel, step);
  const engineGone = await endEngine(engine, step);
  const settled = await withDeadline(
    run.clock,
    CONFIRM_MS,
    run.settled.then(() => true),
  );
  return tunnelGone && engineGone && settled === true;
}

async function endConnection(run: Teardown, engine: EngineSupervisor): Promise<void> {
  const { step } = run;
  if (run.disconnected === null) {
    step('logout', 'skipped', 'not connected');
    step('socket-destroyed', 'skipped', 'not connected');
    return;
  }
  step('logout', 'doing', null);
  engine.send({ type: 'logout', text: run.text, reason: run.reason });
  const ended = await withDeadline(
    run.clock,
    run.logoutAckMs + REPORT_GRACE_MS,
    Promise.race([run.disconnected, engine.exited.then(() => null)]),
  );
  if (ended !== undefined && ended !== null) {
    step('logout', 'done', ended.answered ? 'the LP answered' : 'the LP did not answer');
    step('socket-destroyed', 'done', null);
    return;
  }
  // A wedged engine cannot log out; its socket dies with the process.
  step('logout', 'failed', ended === null ? 'the engine ended first' : 'the engine did not answer');
  engine.kill();
  const gone = await engine.confirmGone(CONFIRM_MS);
  step('socket-destroyed', gone ? 'done' : 'failed', gone ? 'with its process, by SIGKILL' : 'the process does not end');
}

async function endTunnel(clock: Clock, tunnel: Tunnel | null, step: StepObserver): Promise<boolean> {
  if (tunnel === null) {
    step('tunnel-stopped', 'skipped', 'no tunnel');
    return true;
  }
  step('tunnel-stopped', 'doing', null);
  const gone =
    (await withDeadline(
      clock,
      CONFIRM_MS,
      tunnel.stop().then(() => true),
    )) ?? false;
  if (!gone) tunnel.kill();
  step('tunnel-stopped', gone ? 'done' : 'failed', `stunnel, process ${tunnel.pid}`);
  return gone;
}

async function endEngine(engine: EngineSupervisor | null, step: StepObserver): Promise<boolean> {
  if (engine === null) {
    step('engine-stopped', 'skipped', 'no engine was running');
    return true;
  }
  step('engine-stopped', 'doing', null);
  const { forced } = await engine.stop(ENGINE_STOP_MS);
  const gone = await engine.confirmGone(CONFIRM_MS);
  const how = forced ? 'by SIGKILL' : 'by itself';
  step(
    'engine-stopped',
    gone ? 'done' : 'failed',
    gone ? `process ${engine.pid ?? '?'} ended ${how}` : `process ${engine.pid ?? '?'} does not end`,
  );
  return gone;
}

/** @returns what the promise resolves to, or undefined when the deadline comes first */
export function withDeadline<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(undefined));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
