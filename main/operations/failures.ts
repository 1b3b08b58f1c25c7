import type { Failure } from '../contracts/result.ts';

/** errno of a connection that cannot be made or was lost. */
const CONNECTION_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** pg reports these without a code. */
const CONNECTION_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;

/** SQLSTATE: connection exceptions, insufficient resources, operator intervention (server stopping), read-only standby. */
const OUTAGE_STATES = /^(08|53|57P)|^25006$/;

/** Whether an error says that the database is away, as opposed to a bug in what was asked of it. */
export function isOutage(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CONNECTION_ERRORS.has(code) || OUTAGE_STATES.test(code) || CONNECTION_MESSAGES.test(error.message)) return true;
  return isOutage(error.cause);
}

/** The failure that answers a request whose operation threw: no stack and no internals leave the process. */
export function failureOf(error: unknown): Failure {
  return isOutage(error)
    ? {
        kind: 'operational',
        code: 'database-unavailable',
        message:
          'The database cannot be reached, so nothing was changed; check its server and VFXLP_DATABASE_URL, then try again.',
      }
    : { kind: 'unexpected', code: 'unexpected', message: 'The console failed to do this; the cause is in its log.' };
}
