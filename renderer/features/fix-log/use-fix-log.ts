import { useEffect, useState } from 'react';
import { useConsole, useSelect } from '../../components/console-context.tsx';

const LINES_AT_OPEN = 500;

/** Keeps the live tail of one LP open while the component stands; opened again after a reconnect. Answers why it cannot, or null. */
export function useFixLog(provider: string): string | null {
  const { link, store } = useConsole();
  const live = useSelect((state) => state.connection.kind === 'live');
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!live) return;
    let wanted = true;
    void link.request('fixlog.open', { provider, lines: LINES_AT_OPEN }).then((result) => {
      if (!wanted) return;
      setProblem(result.ok ? null : result.error.message);
      if (result.ok) store.getState().logOpened(provider, result.value.lines);
    });
    return () => {
      wanted = false;
      void link.request('fixlog.close', { provider });
    };
  }, [link, store, provider, live]);
  return problem;
}
