import { type LpsByProvider, matches, orderOf } from './lp-order.ts';

/** The providers that the overview shows, in order, and the filter that they are of. */
export interface Rows {
  readonly shown: readonly string[];
  readonly filter: string;
  /** How many rows would stand elsewhere, were they not held. */
  readonly behind: number;
}

export const NO_ROWS: Rows = { shown: [], filter: '', behind: 0 };

/**
 * What is to be shown at `nowMs` (main process' clock, epoch ms); the same object when nothing has changed.
 *
 * @param held nothing may move: the pointer is on the rows. New ones come in at the end.
 */
export function arrange(last: Rows, lps: LpsByProvider, filter: string, nowMs: number, held: boolean): Rows {
  const due = orderOf(lps, nowMs).filter((provider) => {
    const lp = lps[provider];
    return lp !== undefined && matches(lp, filter, nowMs);
  });
  const shown = held && filter === last.filter ? inPlace(last.shown, due, lps) : due;
  const behind = shown === due ? 0 : shown.filter((provider, index) => provider !== due[index]).length;
  const same = filter === last.filter && behind === last.behind && sameOrder(shown, last.shown);
  return same ? last : { shown, filter, behind };
}

function inPlace(shown: readonly string[], due: readonly string[], lps: LpsByProvider): readonly string[] {
  const known = new Set(shown);
  return [...shown.filter((provider) => lps[provider] !== undefined), ...due.filter((provider) => !known.has(provider))];
}

/** Whether the same providers stand in the same places. */
export const sameOrder = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((provider, index) => provider === b[index]);
