import type { Clock } from '../contracts/clock.ts';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { KillLatch } from '../contracts/lp-record.ts';
import type { LpRun } from './lp-run.ts';
import type { WrittenStatus } from './lp-status.ts';
import type { EventConfirmation, LpStore } from './ports.ts';
import { type StepObserver, withDeadline } from './teardown.ts';

/** How long a session's end waits for status 0 to be committed before it says Logout: routing first, but never for ever. */
export const STATUS_FIRST_MS = 250;
const EVENT_WITHIN_MS = 2_000;
const FOREIGN_KILL_MS = 5_000;
const FOREIGN_POLL_MS = 200;

export interface KillOfOneLp {
  readonly clock: Clock;
  readonly store: LpStore;
  readonly confirmation: EventConfirmation;
  readonly provider: string;
  readonly run: LpRun | null;
  /** The other console that owns the LP, or null. */
  readonly foreignOwner: string | null;
  readonly latch: KillLatch;
  readonly reason: DisconnectReason;
  /** Status 0, on its way to the database. */
  readonly written: WrittenStatus;
  readonly step: StepObserver;
}

/** Ends the session of a latched LP, step by step (console.md, kill switch 2). @returns whether everything is known to be gone */
export async function endKilledLp(kill: KillOfOneLp): Promise<boolean> {
  const { clock, step, written, run, latch, foreignOwner } = kill;
  let committed = false;
  step('status-zero', 'doing', null);
  void written.committed.then(() => {
    committed = true;
    step('status-zero', 'done', null);
  });
  const statusFirst = async (): Promise<void> => {
    await withDeadline(clock, STATUS_FIRST_MS, written.committed);
    if (!committed) step('status-zero', 'deferred', 'the database does not answer; written when it is back');
  };
  if (run !== null) return run.end(kill.reason, `Killed: ${latch.reason}`, step, statusFirst);

  await statusFirst();
  const text = foreignOwner === null ? 'no session was running' : `owned by ${foreignOwner}: asked through the database`;
  for (const name of ['block-outbound', 'logout', 'socket-destroyed', 'tunnel-stopped', 'engine-stopped'] as const)
    step(name, 'skipped', text);
  return foreignOwner === null || ownerLetGo(kill);
}

/** The owner reads the latch from the database, ends the session and gives the LP up. */
async function ownerLetGo({ clock, store, provider }: KillOfOneLp): Promise<boolean> {
  const until = clock.nowMs() + FOREIGN_KILL_MS;
  while (clock.nowMs() < until) {
    const record = await withDeadline(clock, 1_000, store.get(provider)).catch(() => undefined);
    if (record != null && record.owner === null) return true;
    await new Promise<void>((resolve) => clock.after(FOREIGN_POLL_MS, resolve));
  }
  return false;
}

/** Tells whether the event of a kill has reached NATS. Nothing waits for it. */
export async function confirmEvent({ clock, confirmation, written, step }: KillOfOneLp): Promise<void> {
  if (written.eventId === '') {
    step('event-published', 'skipped', 'the status was 0 already');
    return;
  }
  const how = await withDeadline(clock, EVENT_WITHIN_MS, confirmation.published(written.eventId));
  if (how === 'published') step('event-published', 'done', null);
  else if (how === 'off') step('event-published', 'skipped', 'NATS is off');
  else step('event-published', 'deferred', 'waits in the outbox');
}
