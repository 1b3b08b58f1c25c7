import type { LpView } from './lp-view.ts';

/** A Logon that has lasted this long, with nothing that needs a person, ends an LP's trouble, ms. */
export const LOGON_LASTED_MS = 10_000;
/** Trouble is marked as new for this long, ms. */
export const NEW_TROUBLE_MS = 60_000;

/** Stats come four times a second; a session whose last are older than this is not known to live, ms. */
export const STALE_MS = 3_000;

/** How long a live session's numbers have not moved, ms; null while they are fresh or there is no session to have any. */
export function staleMs(lp: LpView, nowMs: number): number | null {
  if (lp.state.kind !== 'logged-on' && lp.state.kind !== 'recovering') return null;
  const sampledMs = lp.statsAtMs ?? lp.loggedOnAtMs ?? lp.statusAtMs;
  if (sampledMs === null) return null;
  const ageMs = nowMs - sampledMs;
  return ageMs > STALE_MS ? ageMs : null;
}

/** Whether an LP needs a person, or soon may: the same for the screen, the strip and the tray. It comes and stays; see LpTrouble. */
export const isInTrouble = (lp: LpView, nowMs: number): boolean => lp.trouble !== null || staleMs(lp, nowMs) !== null;

/** Since when the peer of a live session is silent, with our TestRequest unanswered, epoch ms; else null. */
export const silentSinceMs = (lp: LpView): number | null =>
  lp.state.kind === 'logged-on' || lp.state.kind === 'recovering' ? (lp.stats?.silentSinceMs ?? null) : null;

export interface Counts {
  readonly total: number;
  readonly loggedOn: number;
  readonly trouble: number;
  readonly killed: number;
}

/** An LP that recovers is logged on and in trouble, both. @param nowMs main process' clock, epoch ms */
export function countsOf(lps: readonly LpView[], nowMs: number): Counts {
  let loggedOn = 0;
  let trouble = 0;
  let killed = 0;
  for (const lp of lps) {
    const { kind } = lp.state;
    if (staleMs(lp, nowMs) === null && (kind === 'logged-on' || kind === 'recovering')) loggedOn++;
    if (isInTrouble(lp, nowMs)) trouble++;
    if (kind === 'killed') killed++;
  }
  return { total: lps.length, loggedOn, trouble, killed };
}
