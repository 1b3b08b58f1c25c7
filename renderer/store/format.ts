/** Thin enough to keep digits together, and never broken over lines. */
const GAP = '\u202f';

/** 4 310: digits in groups of three. */
export function grouped(n: number): string {
  return Math.trunc(n)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, GAP);
}

/** An age or a wait as one reads it: 0.4 s below ten seconds, 12 s, 3 m 05 s, 2 h 07 m, 3 d 04 h. Negative counts as nothing. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  return coarse(ms);
}

/** As duration, in whole seconds from the first on. */
export function coarse(ms: number): string {
  const total = Math.floor(Math.max(0, ms) / 1_000);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (total < 60) return `${total} s`;
  if (total < 3_600) return `${Math.floor(total / 60)} m ${two(total % 60)} s`;
  if (total < 86_400) return `${Math.floor(total / 3_600)} h ${two(Math.floor((total % 3_600) / 60))} m`;
  return `${Math.floor(total / 86_400)} d ${two(Math.floor((total % 86_400) / 3_600))} h`;
}

/** Whole seconds to a moment, never below 0: a countdown ends at 1, not at 0, so it is rounded up. */
export function countdown(atMs: number, nowMs: number): string {
  return coarse(Math.ceil(Math.max(0, atMs - nowMs) / 1_000) * 1_000);
}

/** UTC, HH:MM:SS. */
export const utcTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19);
/** UTC, HH:MM:SS.mmm. */
export const utcMillis = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);
/** UTC, YYYY-MM-DD HH:MM:SS. */
export const utcDateTime = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');

/** Made once: making one costs more than a hundred uses. */
const localFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** The same moment for the hover: local time with its zone, and UTC with its date. */
export const localTime = (atMs: number): string => `${localFormat.format(atMs)} local · ${utcDateTime(atMs)} UTC`;

/** Clock time today, with the day in front of it otherwise. */
export function utcShort(atMs: number, nowMs: number): string {
  const full = utcDateTime(atMs);
  return full.slice(0, 10) === utcDateTime(nowMs).slice(0, 10) ? full.slice(11) : full.slice(5, 16);
}

/** Messages a second: one decimal below ten. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0';
  return perSecond < 9.95 ? perSecond.toFixed(1) : grouped(Math.round(perSecond));
}

export function bytes(n: number): string {
  if (n >= 1e12) return `${(n / 1e12).toFixed(1)} TB`;
  if (n >= 1e9) return `${(n / 1e9).toFixed(n >= 1e10 ? 0 : 1)} GB`;
  return `${(n / 1e6).toFixed(0)} MB`;
}

/** Round trips: 0.8 ms, 12 ms, 1.20 s. */
export function millis(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
