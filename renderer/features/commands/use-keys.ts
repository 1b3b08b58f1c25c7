import { useEffect } from 'react';
import { type Console, liveNow, useConsole } from '../../components/console-context.tsx';
import { matches, orderOf } from '../../store/lp-order.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

/** Rows as the overview shows them. */
function shownProviders(console: Console): readonly string[] {
  const { mirror, filter } = console.store.getState();
  const now = liveNow(console);
  return orderOf(mirror.lps, now).filter((provider) => {
    const lp = mirror.lps[provider];
    return lp !== undefined && matches(lp, filter, now);
  });
}

function move(console: Console, by: 1 | -1): void {
  const { store } = console;
  const rows = shownProviders(console);
  const { selected } = store.getState();
  const at = selected === null ? -1 : rows.indexOf(selected);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next === undefined) return;
  const { view } = store.getState();
  if (view.screen === 'lp') store.getState().show({ ...view, provider: next });
  else store.getState().select(next);
}

function onKey(console: Console, event: KeyboardEvent): boolean {
  const state = console.store.getState();
  const { view, selected, dialog } = state;
  const inHand = view.screen === 'lp' ? view.provider : selected;

  if (event.ctrlKey && event.shiftKey && event.code === 'KeyK') {
    if (dialog === null && !event.repeat && inHand !== null && state.mirror.lps[inHand] !== undefined) {
      state.open({ kind: 'kill', provider: inHand, held: true });
    }
    return true;
  }
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.code === 'KeyK') {
    if (dialog === null) state.open({ kind: 'palette' });
    else if (dialog.kind === 'palette') state.close();
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || dialog !== null) return false;

  if (event.key === 'Escape') {
    if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur();
    else if (state.incidentShown !== null) state.showIncident(null);
    else if (view.screen !== 'overview') state.show({ screen: 'overview' });
    else if (state.filter !== '') state.setFilter('');
    return true;
  }
  if (isTyping(event.target)) return false;

  switch (event.key) {
    case 'j':
    case 'ArrowDown':
    case 'k':
    case 'ArrowUp':
      if (['audit', 'kills', 'tokens'].includes(view.screen) || (view.screen === 'lp' && event.key.startsWith('Arrow')))
        return false;
      move(console, event.key === 'j' || event.key === 'ArrowDown' ? 1 : -1);
      return true;
    case 'Enter':
      // A focused button does what it says.
      if (view.screen !== 'overview' || selected === null || event.target instanceof HTMLButtonElement) return false;
      state.show({ screen: 'lp', provider: selected, tab: 'session' });
      return true;
    case 'l':
      if (inHand === null) return false;
      state.show({ screen: 'lp', provider: inHand, tab: 'fix-log' });
      return true;
    case '/': {
      const field = document.querySelector<HTMLInputElement>('[data-filter]');
      field?.focus();
      field?.select();
      return field !== null;
    }
    case '?':
      state.open({ kind: 'keys' });
      return true;
    default:
      return false;
  }
}

/** The console's keys, on the whole window. Dialogs have the keyboard to themselves. */
export function useKeys(): void {
  const console = useConsole();
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented && onKey(console, event)) event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [console]);
}
