import { DateTime } from 'luxon';
import type { SessionSchedule } from '../../contracts/lp-config.ts';

/** Where a moment stands in a schedule. All times epoch ms. */
export interface ScheduleMoment {
  readonly open: boolean;
  /** Start of the session that this moment belongs to (a daily break belongs to its session); null outside of every session. */
  readonly sessionStartMs: number | null;
  /** When `open` or the session changes next. */
  readonly nextChangeMs: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Luxon counts Monday 1 … Sunday 7; a schedule counts Sunday 0 … Saturday 6. */
const luxonWeekday = (day: number): number => (day === 0 ? 7 : day);

/**
 * Whether a session may be logged on at `nowMs`, and until when. Times of day are wall-clock times of the schedule's zone, so a day
 * on which clocks change is an hour shorter or longer, and a time that does not exist that day is taken an hour later.
 */
export function scheduleAt(schedule: SessionSchedule, nowMs: number): ScheduleMoment {
  const sessions = sessionsAround(schedule, nowMs);
  const breaks = schedule.kind === 'weekly' ? breaksAround(schedule, nowMs) : [];
  const now = momentOf(sessions, breaks, nowMs);
  const edges = [...sessions, ...breaks].flatMap(({ fromMs, toMs }) => [fromMs, toMs]).filter((ms) => ms > nowMs);
  const next = edges
    .sort((a, b) => a - b)
    .find((ms) => {
      const then = momentOf(sessions, breaks, ms);
      return then.open !== now.open || then.sessionStartMs !== now.sessionStartMs;
    });
  if (next === undefined) throw new Error('a schedule of days or weeks changes within four weeks');
  return { ...now, nextChangeMs: next };
}

const holds = ({ fromMs, toMs }: Span, ms: number): boolean => fromMs <= ms && ms < toMs;

function momentOf(
  sessions: readonly Span[],
  breaks: readonly Span[],
  ms: number,
): Pick<ScheduleMoment, 'open' | 'sessionStartMs'> {
  const session = sessions.find((span) => holds(span, ms));
  return { open: session !== undefined && !breaks.some((span) => holds(span, ms)), sessionStartMs: session?.fromMs ?? null };
}

function sessionsAround(schedule: SessionSchedule, nowMs: number): readonly Span[] {
  const spans = days(schedule, nowMs).flatMap((day): Span[] => {
    if (schedule.kind === 'daily') return [dailySpan(day, schedule.startTime, schedule.endTime)];
    if (day.weekday !== luxonWeekday(schedule.startDay)) return [];
    const from = at(day, schedule.startTime);
    const ahead = (luxonWeekday(schedule.endDay) - day.weekday + 7) % 7;
    const sameWeek = at(day.plus({ days: ahead }), schedule.endTime);
    const to = sameWeek > from ? sameWeek : at(day.plus({ days: ahead + 7 }), schedule.endTime);
    return [{ fromMs: from.toMillis(), toMs: to.toMillis() }];
  });
  return spans;
}

function breaksAround({ breakStart, breakEnd, ...schedule }: SessionSchedule, nowMs: number): readonly Span[] {
  if (breakStart === null || breakEnd === null) return [];
  return days(schedule, nowMs).map((day) => dailySpan(day, breakStart, breakEnd));
}

/** From one time of day to the next occurrence of the other; equal times are a whole day. */
function dailySpan(day: DateTime, start: string, end: string): Span {
  const from = at(day, start);
  const sameDay = at(day, end);
  const to = sameDay > from ? sameDay : at(day.plus({ days: 1 }), end);
  return { fromMs: from.toMillis(), toMs: to.toMillis() };
}

/** The local days from two weeks before to two weeks after: every span that can hold or follow this moment begins on one of them. */
function days(schedule: Pick<SessionSchedule, 'timeZone'>, nowMs: number): readonly DateTime[] {
  const today = DateTime.fromMillis(nowMs, { zone: schedule.timeZone }).startOf('day');
  return Array.from({ length: 29 }, (_, index) => today.plus({ days: index - 14 }));
}

function at(day: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return day.set({ hour, minute, second: 0, millisecond: 0 });
}
