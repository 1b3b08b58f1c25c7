import { useEffect } from 'react';
import { type Console, useConsole } from '../../components/console-context.tsx';
import { notify } from '../../components/notify.tsx';
import { markedLp } from '../../store/marked.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

function move(console: Console, by: 1 | -1): void {
  const { store } = console;
  const {
    selected,
    rows: { shown: rows },
  } = store.getState();
  const at = selected === null ? -1 : rows.indexOf(selected);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next === undefined) return;
  const { view } = store.getState();
  if (view.screen === 'lp') store.getState().show({ ...view, provider: next });
  else store.getState().select(next);
}

/** The marked row, when it has been scrolled out of sight. */
function rowOutOfSight(): Element | null {
  const row = document.querySelector('.lps tr[data-selected="true"]');
  const frame = row?.closest('.overview')?.getBoundingClientRect();
  const at = row?.getBoundingClientRect();
  return at !== undefined && frame !== undefined && (at.bottom > frame.bottom + 1 || at.top < frame.top) ? (row ?? null) : null;
}

/** Opens the dialog of the marked LP, whatever is in front; the chord that is held goes on as its hold. */
function killMarked({ store }: Console): void {
  const state = store.getState();
  const provider = markedLp(state);
  const nothing = (message: string): void => notify({ id: 'no-target', title: 'Nothing was killed', message, role: 'alert' });
  if (provider === null) {
    nothing('No LP is marked on what you see. Mark one in the list (j, k or a click), or open it, and press again.');
    return;
  }
  const row = state.dialog === null && state.view.screen === 'overview' ? rowOutOfSight() : null;
  if (row !== null) {
    row.scrollIntoView({ block: 'center' });
    nothing(`${provider} was out of sight. Press again.`);
    return;
  }
  state.open({ kind: 'kill', provider, held: true });
}

function onKey(console: Console, event: KeyboardEvent): boolean {
  const state = console.store.getState();
  const { view, dialog } = state;
  const marked = markedLp(state);

  if (event.ctrlKey && event.shiftKey && event.code === 'KeyK') {
    // The kill dialog has the chord to itself.
    if (dialog?.kind !== 'kill' && !event.repeat) killMarked(console);
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
      if (view.screen !== 'overview' || marked === null || event.target instanceof HTMLButtonElement) return false;
      state.show({ screen: 'lp', provider: marked, tab: 'session' });
      return true;
    case 'l':
      if (marked === null) {
        notify({ id: 'no-target', title: 'No FIX log opened', message: 'No LP is marked on what you see.' });
        return true;
      }
      state.show({ screen: 'lp', provider: marked, tab: 'fix-log' });
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

/** Esc puts away the dialog in front and does nothing else; what is open within it (a list of choices) comes first. */
function closesDialog({ store }: Console, event: KeyboardEvent): boolean {
  if (event.key !== 'Escape' || event.isComposing || store.getState().dialog === null) return false;
  if (event.target instanceof Element && event.target.getAttribute('data-mantine-stop-propagation') === 'true') return false;
  store.getState().close();
  return true;
}

/** The console's keys, on the whole window. Dialogs have the keyboard to themselves, but for the kill chord. */
export function useKeys(): void {
  const console = useConsole();
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented && onKey(console, event)) event.preventDefault();
    };
    // Before the dialogs' own, which would each close themselves.
    const first = (event: KeyboardEvent): void => {
      if (!closesDialog(console, event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    window.addEventListener('keydown', first, { capture: true });
    window.addEventListener('keydown', listener);
    return () => {
      window.removeEventListener('keydown', first, { capture: true });
      window.removeEventListener('keydown', listener);
    };
  }, [console]);
}
