import { isErrno } from './errors.ts';

/**
 * What PostgreSQL may do another time without anybody changing what was asked: no connection (08), read-only after a failover (25006), an
 * idle transaction ended (25P03, 25P04), deadlock and serialization (40), resources as disk, memory, connections (53), a lock or an object
 * in use (55P03, 55006), stopped, cancelled or timed out (57), the disk or the system under it (58).
 */
const PASSING = /^(08|25006|25P0[34]|40|53|55P03|55006|57|58)/;

/** The SQLSTATE that an error carries as its `code`; null for an error that is no answer of a database. */
export function sqlStateOf(error: unknown): string | null {
  const code = isErrno(error) ? String(error.code ?? '') : '';
  return /^(?=.*\d)[0-9FHPX][0-9A-Z]{4}$/.test(code) ? code : null;
}

/** Whether the same statement may be taken later: a write is kept and repeated then. What does not pass is refused for good. */
export function isPassing(error: unknown): boolean {
  return PASSING.test(sqlStateOf(error) ?? '');
}
