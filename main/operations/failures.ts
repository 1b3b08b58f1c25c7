import { isErrno } from '../base/errors.ts';
import type { Failure } from '../contracts/result.ts';

/** SQLSTATE classes: connection exception, insufficient resources, operator intervention (the server stops or starts). */
const AWAY = /^(08|53|57P)/;

/** Whether an error says that the database is away (the stores reject with such a SQLSTATE as `code`), as opposed to a bug. */
export function isDatabaseAway(error: unknown): boolean {
  return isErrno(error) && AWAY.test(error.code ?? '');
}

/** The failure that answers a request whose operation threw: no stack and no internals leave the process. */
export function failureOf(error: unknown): Failure {
  return isDatabaseAway(error)
    ? {
        kind: 'operational',
        code: 'database-unavailable',
        message: 'The database cannot be reached, so this was not done; check its server and VFXLP_DATABASE_URL, then try again.',
      }
    : { kind: 'unexpected', code: 'unexpected', message: 'The console failed to do this; the cause is in its log.' };
}
