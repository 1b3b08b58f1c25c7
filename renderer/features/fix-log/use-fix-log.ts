import { useEffect, useState } from 'react';
import type { LogFilter } from '../../../main/contracts/log-filter.ts';
import { useConsole, useSelect } from '../../components/console-context.tsx';

const LINES_AT_OPEN = 500;
/** After the last key: each change reads the log again. */
const TYPED_MS = 250;

/**
 * Keeps the live tail of one LP open while the component stands; opened again after a reconnect, and with another filter, which judges where the log
 * is read: what a burst leaves out is left out of what passes. While the log is held nothing is opened. Answers why it cannot, or null.
 */
export function useFixLog(provider: string, filter: LogFilter): string | null {
  const { link, store } = useConsole();
  const live = useSelect((state) => state.connection.kind === 'live');
  const held = useSelect((state) => state.fixLog.held !== null);
  const [asked, setAsked] = useState(filter);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (held || filter === asked) return;
    const typed = setTimeout(() => setAsked(filter), TYPED_MS);
    return () => clearTimeout(typed);
  }, [filter, asked, held]);
  useEffect(() => {
    if (!live) return;
    let wanted = true;
    void link.request('fixlog.open', { provider, lines: LINES_AT_OPEN, filter: asked }).then((result) => {
      if (!wanted) return;
      setProblem(result.ok ? null : result.error.message);
      if (result.ok) store.getState().logOpened(provider, result.value.lines);
    });
    return () => {
      wanted = false;
      void link.request('fixlog.close', { provider });
    };
  }, [link, store, provider, live, asked]);
  return problem;
}
