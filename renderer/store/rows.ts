import { type LpsByProvider, matches, orderOf } from './lp-order.ts';

/** The providers that the overview shows, in order, and the filter that they are of. */
export interface Rows {
  readonly shown: readonly string[];
  readonly filter: string;
}

export const NO_ROWS: Rows = { shown: [], filter: '' };

/** What is to be shown at `nowMs` (main process' clock, epoch ms); the same object when nothing has changed. */
export function arrange(last: Rows, lps: LpsByProvider, filter: string, nowMs: number): Rows {
  const shown = orderOf(lps, nowMs).filter((provider) => {
    const lp = lps[provider];
    return lp !== undefined && matches(lp, filter, nowMs);
  });
  const same =
    filter === last.filter &&
    shown.length === last.shown.length &&
    shown.every((provider, index) => provider === last.shown[index]);
  return same ? last : { shown, filter };
}
