import { localTime, utcDateTime, utcMillis, utcShort, utcTime } from '../store/format.ts';

/** The clock time of today, else the date too. */
const short = (atMs: number): string => utcShort(atMs, Date.now());

const FORMATS = { short, time: utcTime, millis: utcMillis, 'date-time': utcDateTime } as const;

/** A moment (epoch ms) in UTC, with the local time on hover. */
export function Time({ atMs, format = 'time' }: { readonly atMs: number; readonly format?: keyof typeof FORMATS }) {
  return (
    <time dateTime={new Date(atMs).toISOString()} title={localTime(atMs)}>
      {FORMATS[format](atMs)}
    </time>
  );
}
