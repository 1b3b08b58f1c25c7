import { APP_URL } from './app-protocol.ts';
import type { WindowName } from './desk-memory.ts';

const LP_VIEW = /^#\/lp\/([A-Za-z0-9_.-]{1,64})\/[a-z-]{1,20}$/;

/** The name under which a page asks for the main window (`window.open`), instead of one of its own. */
const MAIN = 'main';

/** The fragment of the page on which one LP is shown. */
export const lpView = (provider: string): string => `#/lp/${provider}/session`;
const STRIP_VIEW = '#/strip';

/** Which LP a page of ours shows; null: none. */
export function lpShown(url: string): string | null {
  return url.startsWith(`${APP_URL}#`) ? (LP_VIEW.exec(url.slice(APP_URL.length))?.[1] ?? null) : null;
}

/** What a window of the console shows, as the fragment of its page. */
export function viewOf(window: WindowName): string {
  if (window === 'main') return '#/';
  return window === 'strip' ? STRIP_VIEW : lpView(window.slice('lp:'.length));
}

/** A window of its own for an LP, or the main window brought to the front, on an LP or as it is. */
export type AskedWindow = { readonly own: string } | { readonly main: string | null };

/**
 * What a page asks for by `window.open`. It is never given what it asks for: main opens a window of its own making for one of these, and nothing
 * for anything else.
 */
export function askedWindow(url: string, frameName: string): AskedWindow | null {
  const provider = lpShown(url);
  if (frameName === MAIN) return provider !== null || url === `${APP_URL}#/` ? { main: provider } : null;
  return provider === null ? null : { own: provider };
}
