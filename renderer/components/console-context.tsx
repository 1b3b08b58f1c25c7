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

/** The main process' clock as of the last tick, epoch ms; while the console is not heard it stands: no age grows from an outage of our own. */
export function liveNow({ store, ticker }: Console): number {
  const { connection, mirror } = store.getState();
  return (connection.kind === 'lost' ? connection.sinceMs : ticker.nowMs()) + mirror.offsetMs;
}

/**
 * As useSelect, for what also depends on the time (main process' clock, epoch ms): an age, a countdown. `selector` must answer
 * with a string, number, boolean or null, or with an object that stays the same until it changes.
 */
export const useLive = <T,>(selector: (state: ConsoleState, nowMs: number) => T): T => useTicking(selector, liveNow);

/** As useLive, by a clock that goes on while the console is not heard: for how long it has not been. */
export const useRunning = <T,>(selector: (state: ConsoleState, nowMs: number) => T): T =>
  useTicking(selector, ({ store, ticker }) => ticker.nowMs() + store.getState().mirror.offsetMs);

function useTicking<T>(selector: (state: ConsoleState, nowMs: number) => T, clock: (console: Console) => number): T {
  const console = useConsole();
  const read = (): T => selector(console.store.getState(), clock(console));
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
