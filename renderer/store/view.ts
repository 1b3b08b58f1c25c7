/** What the screen shows: kept in the address bar's hash, so that back, forward and reload work. */
export type View =
  | { readonly screen: 'overview' }
  | { readonly screen: 'audit' }
  /** id null: all of them. */
  | { readonly screen: 'kills'; readonly id: string | null }
  | { readonly screen: 'tokens' }
  /** All that the small window over all others shows. */
  | { readonly screen: 'strip' }
  | { readonly screen: 'lp'; readonly provider: string; readonly tab: LpTab };

export const LP_TABS = ['session', 'fix-log', 'configuration', 'audit'] as const;
export type LpTab = (typeof LP_TABS)[number];

export const OVERVIEW: View = { screen: 'overview' };

export function viewToHash(view: View): string {
  switch (view.screen) {
    case 'overview':
      return '#/';
    case 'audit':
      return '#/audit';
    case 'kills':
      return view.id === null ? '#/kills' : `#/kills/${encodeURIComponent(view.id)}`;
    case 'tokens':
      return '#/tokens';
    case 'strip':
      return '#/strip';
    case 'lp':
      return `#/lp/${encodeURIComponent(view.provider)}/${view.tab}`;
  }
}

/** An unknown hash is the overview. */
export function viewFromHash(hash: string): View {
  const [screen, provider, tab] = hash.replace(/^#\/?/, '').split('/');
  if (screen === 'audit' || screen === 'tokens' || screen === 'strip') return { screen };
  if (screen === 'kills') return { screen: 'kills', id: decoded(provider ?? '') || null };
  if (screen === 'lp' && provider !== undefined && provider !== '') {
    const name = decoded(provider);
    if (name !== null) return { screen: 'lp', provider: name, tab: LP_TABS.find((known) => known === tab) ?? 'session' };
  }
  return OVERVIEW;
}

/** Null for a name that somebody typed wrongly. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
