import { messageOf } from '../base/errors.ts';
import { isPassing, sqlStateOf } from '../base/sqlstate.ts';
import type { Failure } from '../contracts/result.ts';

/** There is no database to talk to, as opposed to one that says no. */
const NO_CONNECTION = /^(08|57P|53300)/;

/** The failure that answers a request whose operation threw: no stack and no internals leave the process. */
export function failureOf(error: unknown): Failure {
  const state = sqlStateOf(error);
  if (state === null)
    return { kind: 'unexpected', code: 'unexpected', message: 'The console failed to do this; the cause is in its log.' };
  if (NO_CONNECTION.test(state)) {
    return {
      kind: 'operational',
      code: 'database-unavailable',
      message: 'The database cannot be reached, so this was not done; check its server and VFXLP_DATABASE_URL, then try again.',
    };
  }
  const why = messageOf(error);
  return isPassing(error)
    ? { kind: 'operational', code: 'database-unavailable', message: `The database cannot do this now: ${why}. Try again later.` }
    : { kind: 'operational', code: 'database-refused', message: `The database refused this: ${why}.` };
}
