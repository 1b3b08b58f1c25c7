import { isInTrouble, silentSinceMs, staleMs } from '../../main/contracts/lp-trouble.ts';
import type { LpView } from '../../main/contracts/lp-view.ts';
import { plainLabel } from './lp-label.ts';

export type LpsByProvider = Readonly<Record<string, LpView>>;

/**
 * Trouble first: what has given up, what is killed, what is down or not as it should be; then what works or is about to, and what is meant to be down.
 * What is tried to end a trouble moves no row.
 */
function rank(lp: LpView, nowMs: number): number {
  switch (lp.state.kind) {
    case 'error':
      return 0;
    case 'killed':
      return 1;
    case 'foreign':
      return 4;
    case 'inactive':
    case 'off-schedule':
      return 5;
    default:
      return isInTrouble(lp, nowMs) ? 2 : 3;
  }
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Providers in the order of the overview: by trouble, then by name, so that rows move only when an LP goes down or comes up. */
export function orderOf(lps: LpsByProvider, nowMs: number): readonly string[] {
  return Object.values(lps)
    .map((lp) => ({ provider: lp.provider, rank: rank(lp, nowMs) }))
    .sort((a, b) => a.rank - b.rank || byName.compare(a.provider, b.provider))
    .map((row) => row.provider);
}

/** Whether every word of the filter is found in the LP's name, state, address or CompIDs; `trouble` finds what needs a person. */
export function matches(lp: LpView, filter: string, nowMs: number): boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const label = plainLabel(lp, nowMs);
  const stale = staleMs(lp, nowMs) !== null;
  const up = !stale && (lp.state.kind === 'logged-on' || lp.state.kind === 'recovering');
  const text = [
    lp.provider,
    label.word,
    up ? 'logged-on' : lp.state.kind === 'logged-on' ? '' : lp.state.kind,
    `${lp.host}:${lp.port}`,
    lp.senderCompId,
    lp.targetCompId,
    lp.owner ?? '',
    lp.reason?.code ?? '',
    stale ? 'stale' : '',
    silentSinceMs(lp) === null ? '' : 'silent',
    isInTrouble(lp, nowMs) ? 'trouble' : '',
    lp.ssl ? 'ssl' : '',
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
