import type { SessionSchedule } from '../../main/contracts/lp-config.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** A schedule in one line. */
export function scheduleText(schedule: SessionSchedule | null): string {
  if (schedule === null) return 'always on';
  const { kind, startDay, endDay, startTime, endTime, breakStart, breakEnd, timeZone } = schedule;
  if (kind === 'daily') return `daily ${startTime}–${endTime} ${timeZone}`;
  const pause = breakStart === null || breakEnd === null ? '' : `, break ${breakStart}–${breakEnd}`;
  return `${DAYS[startDay]} ${startTime} to ${DAYS[endDay]} ${endTime}${pause} ${timeZone}`;
}
