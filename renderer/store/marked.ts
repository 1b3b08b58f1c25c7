import type { ConsoleState } from './console-store.ts';

/**
 * The LP that a key acts on: the one that is marked on what the operator has in front, a dialog about an LP, its page, or its row among
 * those that are shown. Null where none is: a row that a filter or another screen hides is not acted on.
 */
export function markedLp({ dialog, view, selected, rows, mirror }: ConsoleState): string | null {
  const inFront = dialog !== null && 'provider' in dialog ? dialog.provider : null;
  const onScreen = view.screen === 'lp' ? view.provider : view.screen === 'overview' ? shownMark(selected, rows.shown) : null;
  const marked = inFront ?? onScreen;
  return marked !== null && mirror.lps[marked] !== undefined ? marked : null;
}

const shownMark = (selected: string | null, shown: readonly string[]): string | null =>
  selected !== null && shown.includes(selected) ? selected : null;
