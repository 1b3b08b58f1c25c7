import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import { messageOf } from '../../base/errors.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { KillLatch } from '../../contracts/lp-record.ts';
import { type StepObserver, statusFirst } from '../engine/teardown.ts';
import type { LpRun } from '../lp/lp-run.ts';
import type { LpStore } from '../ports.ts';
import type { WrittenStatus } from '../row/row-writer.ts';
import type { EventConfirmation } from './event-confirmation.ts';

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
  /** Puts status 0 on its way to the database; null when the database says it already. */
  readonly writeZero: () => WrittenStatus | null;
  /** Whether the database is known to be away: then nothing waits for it. */
  readonly databaseAway: boolean;
  readonly step: StepObserver;
}

export interface EndOfKilledLp {
  /** Whether everything is known to be gone. */
  readonly gone: boolean;
  readonly written: WrittenStatus | null;
}

/** Ends the session of a latched LP, step by step. Status 0 is on its way when the call returns its promise. */
export async function endKilledLp(kill: KillOfOneLp): Promise<EndOfKilledLp> {
  const { clock, step, run, latch, foreignOwner } = kill;
  let written: WrittenStatus | null = null;
  let committed = false;
  const status = statusFirst(clock, kill.databaseAway, async () => {
    step('status-zero', 'doing', null);
    written = kill.writeZero();
    await written?.committed;
    committed = true;
    step('status-zero', 'done', null);
  });
  const first = async (): Promise<void> => {
    await status.first();
    if (!committed) step('status-zero', 'deferred', `${status.why}; written when it answers`);
  };
  if (run !== null) {
    const gone = await run.end(kill.reason, `Killed: ${latch.reason}`, step, { ...status, first });
    return { gone, written };
  }

  await first();
  const text = foreignOwner === null ? 'no session was running' : `owned by ${foreignOwner}: asked through the database`;
  for (const name of ['block-outbound', 'logout', 'socket-destroyed', 'tunnel-stopped', 'engine-stopped'] as const)
    step(name, 'skipped', text);
  return { gone: foreignOwner === null || (await ownerLetGo(kill, foreignOwner)), written };
}

/** The owner reads the latch from the database, ends the session and gives the LP up. @returns whether it has, within 5 s */
async function ownerLetGo({ clock, store, provider, step }: KillOfOneLp, owner: string): Promise<boolean> {
  const until = clock.nowMs() + FOREIGN_KILL_MS;
  let seen = `${owner} has not given it up`;
  while (clock.nowMs() < until) {
    try {
      const record = await withDeadline(clock, 1_000, store.get(provider));
      if (record === null || record?.owner === null) {
        step('engine-stopped', 'done', `${owner} has given it up`);
        return true;
      }
    } catch (error) {
      seen = `${owner} cannot be asked: ${messageOf(error)}`;
    }
    await new Promise<void>((resolve) => clock.after(FOREIGN_POLL_MS, resolve));
  }
  step('engine-stopped', 'failed', seen);
  return false;
}

/** Tells whether the event of a kill has reached NATS. Nothing waits for it; never rejects. */
export async function confirmEvent({ clock, confirmation, step }: KillOfOneLp, written: WrittenStatus | null): Promise<void> {
  const eventId = written?.eventId ?? null;
  if (eventId === null) {
    step('event-published', 'skipped', 'the status was 0 already');
    return;
  }
  try {
    const confirmed = confirmation.published(eventId);
    if ((await withDeadline(clock, EVENT_WITHIN_MS, confirmed)) === undefined)
      step('event-published', 'deferred', 'waits in the outbox');
    // However long it takes: what the record says becomes final.
    if ((await confirmed) === 'published') step('event-published', 'done', null);
    else step('event-published', 'skipped', 'NATS is off');
  } catch (error) {
    step('event-published', 'deferred', messageOf(error));
  }
}
