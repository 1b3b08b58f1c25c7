import { useRef } from 'react';
import { useLive } from '../../components/console-context.tsx';
import { matches, orderOf } from '../../store/lp-order.ts';

/** Providers to show, in order; the same array until the order changes. While the console is not heard the order stays as it was. */
export function useRows(): readonly string[] {
  const last = useRef<readonly string[]>([]);
  return useLive((state, nowMs) => {
    const { lps, heardAtMs, offsetMs } = state.mirror;
    const atMs = state.connection.kind === 'live' ? nowMs : heardAtMs + offsetMs;
    const rows = orderOf(lps, atMs).filter((provider) => {
      const lp = lps[provider];
      return lp !== undefined && matches(lp, state.filter, atMs);
    });
    const same = rows.length === last.current.length && rows.every((provider, index) => provider === last.current[index]);
    if (!same) last.current = rows;
    return last.current;
  });
}
