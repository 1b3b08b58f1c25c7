import type { LogName } from './log-wire.ts';

/** How much of the logs of one LP is kept, all of its files together. */
export interface LogQuota {
  /** 0: no limit but the number of files. */
  readonly bytes: number;
  /** 0: no limit. */
  readonly days: number;
}

/** Of what an LP may have: its FIX log is nearly all of it; events.log and tunnel.log have a part each that a noisy FIX log cannot take. */
const SHARES: Readonly<Record<LogName, number>> = { fix: 0.9, events: 0.05, tunnel: 0.05 };

/** What one log of an LP may have, as `Retention` has it. */
export const shareOf = ({ bytes, days }: LogQuota, log: LogName): { readonly keepBytes: number; readonly keepDays: number } => ({
  keepBytes: Math.floor(bytes * SHARES[log]),
  keepDays: days,
});
