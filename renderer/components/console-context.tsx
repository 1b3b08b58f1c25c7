import { createContext, type ReactNode, useCallback, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { ConsoleLink } from '../api.ts';
import type { ConsoleActions, ConsoleState, ConsoleStore } from '../store/console-store.ts';
import type { Ticker } from '../store/ticker.ts';

/** What every part of the screen works with. */
export interface Console {
  readonly link: ConsoleLink;
  readonly store: ConsoleStore;
  readonly ticker: Ticker;
}

const Context = createContext<Console | null>(null);

export function ConsoleProvider({ value, children }: { readonly value: Console; readonly children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

export function useConsole(): Console {
  const value = useContext(Context);
  if (value === null) throw new Error('A component that needs the console stands outside ConsoleProvider');
  return value;
}

/** Draws again when, and only when, the selected part of the store changes. */
export function useSelect<T>(selector: (state: ConsoleState & ConsoleActions) => T): T {
  return useStore(useConsole().store, selector);
}

/** The main process' clock as of the last tick, epoch ms. */
export const liveNow = ({ store, ticker }: Console): number => ticker.nowMs() + store.getState().mirror.offsetMs;

/**
 * As useSelect, for what also depends on the time (main process' clock, epoch ms): an age, a countdown. `selector` must answer
 * with a string, number, boolean or null, or with an object that stays the same until it changes.
 */
export function useLive<T>(selector: (state: ConsoleState, nowMs: number) => T): T {
  const console = useConsole();
  const read = (): T => selector(console.store.getState(), liveNow(console));
  const subscribe = useCallback(
    (notify: () => void) => {
      const stop = [console.store.subscribe(notify), console.ticker.subscribe(notify)];
      return () => {
        for (const end of stop) end();
      };
    },
    [console],
  );
  return useSyncExternalStore(subscribe, read);
}

/** Since when the console is not heard, on the main process' clock, epoch ms; null while it is. */
export function lostSince(state: ConsoleState): number | null {
  return state.connection.kind === 'lost' ? state.connection.sinceMs + state.mirror.offsetMs : null;
}
