import type { Console } from '../../components/console-context.tsx';
import { notify } from '../../components/notify.tsx';
import { OVERVIEW, type View, viewToHash } from '../../store/view.ts';

/** The desktop's main takes these words, opens a window of its own making, and gives the page none. */
const MAIN_WINDOW = 'main';

const addressOf = (view: View): string => new URL(viewToHash(view), window.location.href).href;

/** Shows an LP in a window of its own; one that is open comes to the front. */
export function openOwnWindow(provider: string): void {
  const opened = window.open(addressOf({ screen: 'lp', provider, tab: 'session' }), `lp-${provider}`);
  if (opened === null && window.vfxlp === undefined)
    notify({ title: `${provider} · Own window`, message: 'The browser did not allow it: allow windows for this page.' });
}

/** Brings the desktop's main window to the front. @param provider LP to show there; null: as it is */
export function showMainWindow({ store }: Console, provider: string | null): void {
  const view: View = provider === null ? OVERVIEW : { screen: 'lp', provider, tab: 'session' };
  if (window.vfxlp === undefined) store.getState().show(view);
  else window.open(addressOf(view), MAIN_WINDOW);
}
