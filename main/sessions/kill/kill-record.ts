import { KILL_STEPS, type KillStep, type KillStepName, type KillStepState, type LpKill } from '../../contracts/kill.ts';
import type { KillLatch } from '../../contracts/lp-record.ts';

/** The record of one LP in an incident. Pure: each function returns the next record. */

/** Entries; what is tried every second says the same each time, and the same is not noted twice. */
const MAX_LOG = 200;

export function begun(provider: string): LpKill {
  const steps = KILL_STEPS.map((name): KillStep => ({ name, state: 'waiting', atMs: null, text: null }));
  return { provider, outcome: 'running', steps, log: [] };
}

export function alreadyKilled(provider: string, latch: KillLatch, text: string): LpKill {
  const steps = KILL_STEPS.map((name): KillStep => ({ name, state: 'skipped', atMs: latch.atMs, text }));
  return { provider, outcome: 'confirmed', steps, log: [{ atMs: latch.atMs, step: 'latch', state: 'skipped', text }] };
}

/** What a step has come to. The log takes it in any case; the step does not go back from what is done. */
export function withStep(lp: LpKill, name: KillStepName, state: KillStepState, text: string | null, nowMs: number): LpKill {
  const atMs = state === 'waiting' || state === 'doing' ? null : nowMs;
  const steps = lp.steps.map((step) => (step.name === name && supersedes(step, state) ? { name, state, atMs, text } : step));
  const last = lp.log.findLast((entry) => entry.step === name);
  const news = last === undefined || last.state !== state || last.text !== text;
  const log = news && lp.log.length < MAX_LOG ? [...lp.log, { atMs: nowMs, step: name, state, text }] : lp.log;
  return upgraded({ ...lp, steps, log });
}

/** @param gone whether session, tunnel and engine are known to be gone */
export function concluded(lp: LpKill, gone: boolean): LpKill {
  return { ...lp, outcome: gone && stateOf(lp, 'latch') === 'done' ? 'confirmed' : 'not-confirmed' };
}

function supersedes(step: KillStep, state: KillStepState): boolean {
  if (step.state === 'done') return false;
  // A second attempt that finds nothing to be done takes nothing back.
  return state !== 'skipped' || step.state === 'waiting' || step.state === 'doing';
}

/** What was missing was done after all. */
function upgraded(lp: LpKill): LpKill {
  if (lp.outcome !== 'not-confirmed' || stateOf(lp, 'latch') !== 'done') return lp;
  const gone = (['socket-destroyed', 'tunnel-stopped', 'engine-stopped'] as const).every((name) =>
    ['done', 'skipped'].includes(stateOf(lp, name)),
  );
  return gone ? { ...lp, outcome: 'confirmed' } : lp;
}

function stateOf(lp: LpKill, name: KillStepName): KillStepState {
  return lp.steps.find((step) => step.name === name)?.state ?? 'waiting';
}
