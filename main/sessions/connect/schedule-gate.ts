import type { Clock } from '../../base/clock.ts';
import type { SessionSchedule } from '../../contracts/lp-config.ts';
import type { SessionNumbers } from '../lp/run-setup.ts';
import { type ScheduleMoment, scheduleAt } from './schedule.ts';
import type { SessionStarts } from './session-starts.ts';

/** The longest that one timer waits: the wall clock may be set, and Node's timers end at 24 days. */
const LOOK_AT_LEAST_MS = 60_000;

/** A start before every session: the numbers are to start again, whatever the schedule says now. */
const OWED = 0;

export interface GateDeps {
  readonly clock: Clock;
  readonly sessionStarts: SessionStarts;
  readonly databaseError: (error: unknown) => void;
}

/** Watches the schedule of one LP, calls back when it opens, closes or another session begins, and knows whose session the numbers are. */
export class ScheduleGate {
  readonly #provider: string;
  readonly #deps: GateDeps;
  readonly #onChange: () => void;
  /** The FIX session that it is about. */
  #compIds = '';
  /** As it was at the last look. */
  #last: { readonly schedule: SessionSchedule | null; readonly startMs: number | null } = { schedule: null, startMs: null };
  #cancel: () => void = () => undefined;

  constructor(provider: string, deps: GateDeps, onChange: () => void) {
    this.#provider = provider;
    this.#deps = deps;
    this.#onChange = onChange;
  }

  /**
   * Where the schedule stands now; null without one. From now on changes are told, until the next `look` or `close`.
   *
   * @param compIds the FIX session that it is about; null: the one of before
   * @returns turned: a session has begun since the last look. A schedule that somebody changed turns nothing while it is open.
   */
  look(schedule: SessionSchedule | null, compIds: string | null): (ScheduleMoment & { readonly turned: boolean }) | null {
    this.#cancel();
    if (compIds !== null && compIds !== this.#compIds) this.#turnTo(compIds);
    const nowMs = this.#deps.clock.nowMs();
    const before = this.#last;
    const owed = this.numbers.outdated();
    const moment = schedule === null ? null : scheduleAt(schedule, nowMs);
    this.#last = { schedule, startMs: moment?.sessionStartMs ?? null };
    const changed = JSON.stringify(schedule) !== JSON.stringify(before.schedule);
    // Another schedule does not take back that the numbers are to start again.
    if (changed && owed) this.#remember(OWED);
    if (moment === null) return null;
    this.#watch(moment.nextChangeMs);
    const begun = before.startMs !== moment.sessionStartMs;
    if (!changed) return { ...moment, turned: begun };
    // Changed in the middle of a session, which goes on with its numbers.
    const goesOn = before.schedule !== null && scheduleAt(before.schedule, nowMs).sessionStartMs === before.startMs;
    if (begun && goesOn && before.startMs !== null && !owed) this.numbers.used();
    return { ...moment, turned: false };
  }

  /** Other CompIDs are another FIX session, with numbers of its own. */
  #turnTo(compIds: string): void {
    this.#compIds = compIds;
    this.#last = { schedule: null, startMs: null };
    this.#keep(() => this.#deps.sessionStarts.adopt(this.#provider, compIds));
  }

  close(): void {
    this.#cancel();
  }

  /** An LP that has just been given a schedule keeps its numbers until the next session: its counterparty does too. */
  readonly numbers: SessionNumbers = {
    outdated: () => {
      const known = this.#deps.sessionStarts.get(this.#compIds);
      return known === OWED || (known !== null && known < (this.#last.startMs ?? known));
    },
    used: () => {
      const { startMs } = this.#last;
      if (startMs !== null || this.numbers.outdated()) this.#remember(startMs ?? this.#deps.clock.nowMs());
    },
  };

  #remember(startMs: number): void {
    this.#keep(() => this.#deps.sessionStarts.set(this.#compIds, startMs));
  }

  #keep(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#deps.databaseError(error);
    }
  }

  #watch(changeMs: number): void {
    const left = changeMs - this.#deps.clock.nowMs();
    this.#cancel = this.#deps.clock.after(Math.min(Math.max(left, 0), LOOK_AT_LEAST_MS), () => {
      if (this.#deps.clock.nowMs() >= changeMs) this.#onChange();
      else this.#watch(changeMs);
    });
  }
}
