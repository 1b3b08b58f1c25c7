import { useRef } from 'react';
import { isInTrouble } from '../../../main/contracts/lp-trouble.ts';
import { useConsole, useLive, useSelect } from '../../components/console-context.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { asHeard } from '../../store/console-store.ts';
import { orderOf } from '../../store/lp-order.ts';
import { sameOrder } from '../../store/rows.ts';
import { showMainWindow } from '../commands/own-window.ts';
import { ConnectionBanner } from '../frame/connection-banner.tsx';
import { CounterFace, useCounts } from '../frame/counters.tsx';
import { WhyLine } from '../overview/why-line.tsx';

/** Providers that need a person, worst first; the same array until that changes. While the console is not heard it stays as it was. */
function useTroubled(): readonly string[] {
  const last = useRef<readonly string[]>([]);
  return useLive((state, nowMs) => {
    const { lps } = state.mirror;
    const atMs = asHeard(state, nowMs);
    const troubled = orderOf(lps, atMs).filter((provider) => {
      const lp = lps[provider];
      return lp !== undefined && (lp.state.kind === 'killed' || isInTrouble(lp, atMs));
    });
    if (!sameOrder(troubled, last.current)) last.current = troubled;
    return last.current;
  });
}

/** The small window that lies over all others: the counters, and what is in trouble. A press leads to the main window. */
export function Strip() {
  const console = useConsole();
  const { total, loggedOn, trouble, killed } = useCounts();
  const troubled = useTroubled();
  const live = useSelect((state) => state.connection.kind === 'live');
  const lost = useSelect((state) => state.connection.kind === 'lost');
  return (
    <div className="strip" data-lost={lost} data-testid="strip">
      <button
        type="button"
        className="strip-counts counters"
        title="Show the console"
        aria-label={`${total} LPs: ${loggedOn} logged on, ${trouble} in trouble, ${killed} killed. Show the console`}
        onClick={() => showMainWindow(console, null)}
      >
        <CounterFace shape="disc" tone="normal" count={loggedOn} word={`of ${total} on`} />
        <CounterFace shape="triangle" tone="alarm" count={trouble} word="in trouble" />
        <CounterFace shape="cross" tone="latched" count={killed} word="killed" />
      </button>
      <ConnectionBanner />
      <ul className="strip-lps" aria-label="LPs in trouble or killed">
        {troubled.map((provider) => (
          <li key={provider}>
            <button
              type="button"
              data-testid={`strip-${provider}`}
              title={`Show ${provider} in the console`}
              onClick={() => showMainWindow(console, provider)}
            >
              <b>{provider}</b>
              <StateBadge provider={provider} />
              <WhyLine provider={provider} />
            </button>
          </li>
        ))}
      </ul>
      {troubled.length === 0 && (
        <p className="strip-none">{live ? 'No LP is in trouble.' : lost ? '' : 'Waiting for the console …'}</p>
      )}
    </div>
  );
}
