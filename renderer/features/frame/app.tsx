import { useEffect } from 'react';
import { countsOf } from '../../../main/contracts/lp-trouble.ts';
import { useConsole, useLive, useSelect } from '../../components/console-context.tsx';
import { viewFromHash, viewToHash } from '../../store/view.ts';
import { AuditTable } from '../audit/audit-table.tsx';
import { RefusedWritesPanel } from '../audit/refused-writes.tsx';
import { useKeys } from '../commands/use-keys.ts';
import { IncidentPanel } from '../kill/incident-panel.tsx';
import { Kills } from '../kill/kills.tsx';
import { LpDetail } from '../lp-detail/lp-detail.tsx';
import { Overview } from '../overview/overview.tsx';
import { Strip } from '../strip/strip.tsx';
import { TokenTable } from '../tokens/token-table.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Dialogs } from './dialogs.tsx';
import { LiveRegion } from './live-region.tsx';
import { OneCause } from './one-cause.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';

/** Keeps the address bar and the view in step, both ways. */
function useAddress(): void {
  const { store } = useConsole();
  useEffect(() => {
    const read = (): void => store.getState().show(viewFromHash(window.location.hash));
    read();
    const stop = store.subscribe((state, old) => {
      const hash = viewToHash(state.view);
      if (state.view !== old.view && hash !== window.location.hash) window.history.pushState(null, '', hash);
    });
    window.addEventListener('popstate', read);
    return () => {
      stop();
      window.removeEventListener('popstate', read);
    };
  }, [store]);
}

/** What needs a person is seen in the tab and the task bar too; and which LP, where several windows are open. */
function useTitle(): void {
  const title = useLive((state, nowMs) => {
    const shown = state.view.screen === 'lp' ? `${state.view.provider} – ` : '';
    if (state.connection.kind === 'lost') return `? ${shown}VFXLP disconnected`;
    const { trouble, killed } = countsOf(Object.values(state.mirror.lps), nowMs);
    return `${trouble === 0 ? '' : `▲${trouble} `}${killed === 0 ? '' : `✖${killed} `}${shown}VFXLP ${state.mirror.host}`;
  });
  useEffect(() => {
    document.title = title;
  }, [title]);
}

function Screen() {
  const view = useSelect((state) => state.view);
  switch (view.screen) {
    case 'overview':
      return <Overview />;
    case 'audit':
      return (
        <main className="page">
          <RefusedWritesPanel />
          <AuditTable provider={null} />
        </main>
      );
    case 'kills':
      return (
        <main className="page">
          <Kills key={view.id} id={view.id} />
        </main>
      );
    case 'tokens':
      return (
        <main className="page">
          <TokenTable />
        </main>
      );
    case 'strip':
      return <Strip />;
    case 'lp':
      return <LpDetail provider={view.provider} tab={view.tab} />;
  }
}

/** The strip has nothing around it, and no keys: none may lead away from it. */
export function App() {
  useAddress();
  useTitle();
  const strip = useSelect((state) => state.view.screen === 'strip');
  return strip ? <Strip /> : <Frame />;
}

function Frame() {
  useKeys();
  const lost = useSelect((state) => state.connection.kind !== 'live');
  return (
    <div className="app" data-lost={lost}>
      <Rail />
      <TopBar />
      <ConnectionBanner />
      <OneCause />
      <Screen />
      <IncidentPanel />
      <Dialogs />
      <LiveRegion />
    </div>
  );
}
