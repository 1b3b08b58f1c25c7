import type { Clock } from '../contracts/clock.ts';
import type { SessionSchedule } from '../contracts/lp-config.ts';
import { type ScheduleMoment, scheduleAt } from './schedule.ts';

/** The longest that one timer waits: the wall clock may be set, and Node's timers end at 24 days. */
const LOOK_AT_LEAST_MS = 60_000;

/** Watches the schedule of one LP and calls back when it opens, closes, or another session begins. */
export class ScheduleGate {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Where the schedule stands now; null without one. From now on changes are told, until the next `look` or `close`. */
  look(schedule: SessionSchedule | null): ScheduleMoment | null {
    this.#cancel();
    if (schedule === null) return null;
    const now = this.#clock.nowMs();
    const moment = scheduleAt(schedule, now);
    this.#watch(moment.nextChangeMs);
    return moment;
  }

  close(): void {
    this.#cancel();
  }

  #watch(changeMs: number): void {
    const left = changeMs - this.#clock.nowMs();
    this.#cancel = this.#clock.after(Math.min(Math.max(left, 0), LOOK_AT_LEAST_MS), () => {
      if (this.#clock.nowMs() >= changeMs) this.#onChange();
      else this.#watch(changeMs);
    });
  }
}
