import type { Health } from '../../main/contracts/lp-view.ts';

/** @param trouble NATS down and the disk nearly full */
export function fakeHealth(lps: number, trouble: boolean, sinceMs: number): Health {
  return {
    database: { state: 'ok', text: 'embedded PostgreSQL 18', sinceMs, checkedAtMs: sinceMs },
    nats: trouble
      ? { state: 'down', text: 'connection refused', sinceMs, waiting: 214 }
      : { state: 'ok', text: 'connected', sinceMs, waiting: 0 },
    disk: {
      state: trouble ? 'degraded' : 'ok',
      text: 'data folder',
      sinceMs,
      freeBytes: trouble ? 2.1e9 : 412e9,
      checkedAtMs: sinceMs,
    },
    engines: { state: 'ok', text: 'all answer', sinceMs, running: lps },
    ownership: { state: 'ok', text: 'No LP is run by another console', sinceMs },
    console: { state: 'ok', text: '', sinceMs, lagMs: 4 },
  };
}
