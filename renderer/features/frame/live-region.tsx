import { useEffect, useState } from 'react';
import { useConsole } from '../../components/console-context.tsx';
import { plainLabel } from '../../store/lp-label.ts';
import type { LpsByProvider } from '../../store/lp-order.ts';
import { whyOf } from '../../store/lp-why.ts';
import { heardNow } from '../../store/mirror.ts';

const SPOKEN = 4;
const GATHER_MS = 500;

/** Says to a screen reader which LPs changed their state; many at once are counted. */
export function LiveRegion() {
  const { store } = useConsole();
  const [text, setText] = useState('');
  useEffect(() => {
    let before: LpsByProvider = store.getState().mirror.lps;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const say = (): void => {
      timer = null;
      const { mirror } = store.getState();
      const { lps } = mirror;
      const nowMs = heardNow(mirror);
      const changed = Object.values(lps).filter(
        (lp) => before[lp.provider] !== undefined && before[lp.provider]?.state.kind !== lp.state.kind,
      );
      before = lps;
      if (changed.length === 0) return;
      const said = changed.slice(0, SPOKEN).map((lp) => `${lp.provider} ${plainLabel(lp, nowMs).word} ${whyOf(lp, nowMs).text}`);
      setText(`${said.join('. ')}${changed.length > SPOKEN ? `. And ${changed.length - SPOKEN} more` : ''}`);
    };
    const stop = store.subscribe((state, old) => {
      if (state.mirror.lps !== old.mirror.lps) timer ??= setTimeout(say, GATHER_MS);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [store]);
  return (
    <div className="hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
