import { Button } from '@mantine/core';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useWhyNot } from '../../components/use-why-not.ts';
import { LP_TABS, type LpTab } from '../../store/view.ts';
import { AuditTable } from '../audit/audit-table.tsx';
import { commandsFor } from '../commands/lp-commands.ts';
import { FixLog } from '../fix-log/fix-log.tsx';
import { WhyLine } from '../overview/why-line.tsx';
import { Configuration } from './configuration.tsx';
import { Facts } from './facts.tsx';
import { Lane } from './lane.tsx';
import { RepairOffer } from './repair-offer.tsx';
import { TakeOverOffer } from './take-over-offer.tsx';
import { Timeline } from './timeline.tsx';

const TAB_TITLES: Readonly<Record<LpTab, string>> = {
  session: 'Session',
  'fix-log': 'FIX log',
  configuration: 'Configuration',
  audit: 'Audit',
};

function Head({ provider }: { readonly provider: string }) {
  const console = useConsole();
  const lp = useSelect((state) => state.mirror.lps[provider]);
  const incidents = useSelect((state) => state.mirror.incidents);
  const whyNot = useWhyNot();
  if (lp === undefined) return null;
  return (
    <header className="lp-head" data-testid="lp-head" data-state={lp.state.kind}>
      <button type="button" className="quiet" onClick={() => console.store.getState().show({ screen: 'overview' })}>
        ‹ LPs
      </button>
      <h1>{provider}</h1>
      <StateBadge provider={provider} />
      <span className="spring" />
      <span className="lp-actions">
        {commandsFor(lp, incidents).map((command) => (
          <Button
            key={command.name}
            className={command.danger ? 'danger-button' : undefined}
            disabled={whyNot(command) !== null}
            title={whyNot(command) ?? undefined}
            onClick={() => command.run(console, provider)}
          >
            {command.name}
          </Button>
        ))}
      </span>
    </header>
  );
}

function Tab({ provider, tab }: { readonly provider: string; readonly tab: LpTab }) {
  switch (tab) {
    case 'session':
      return (
        <div className="session-grid">
          <Facts provider={provider} />
          <Timeline provider={provider} />
          <FixLog provider={provider} />
        </div>
      );
    case 'fix-log':
      return <FixLog provider={provider} />;
    case 'configuration':
      return <Configuration provider={provider} />;
    case 'audit':
      return <AuditTable provider={provider} />;
  }
}

/** One LP: how far its connection has got, its numbers, what happened, and its messages. */
export function LpDetail({ provider, tab }: { readonly provider: string; readonly tab: LpTab }) {
  const { store } = useConsole();
  const known = useSelect((state) => state.mirror.lps[provider] !== undefined);
  const loaded = useSelect((state) => state.mirror.counter !== null);
  if (!known) {
    return (
      <main className="lp-detail">
        <p className="empty">
          {loaded ? `There is no LP named ${provider}.` : 'Waiting for the console …'}{' '}
          <Button onClick={() => store.getState().show({ screen: 'overview' })}>Back to the LPs</Button>
        </p>
      </main>
    );
  }
  return (
    <main className="lp-detail">
      <Head provider={provider} />
      <WhyLine provider={provider} />
      <RepairOffer provider={provider} />
      <TakeOverOffer provider={provider} />
      <Lane provider={provider} />
      <div className="tabs" role="tablist" aria-label={provider}>
        {LP_TABS.map((name) => (
          <button
            type="button"
            role="tab"
            key={name}
            id={`tab-${name}`}
            aria-selected={name === tab}
            aria-controls="tab-panel"
            onClick={() => store.getState().show({ screen: 'lp', provider, tab: name })}
          >
            {TAB_TITLES[name]}
          </button>
        ))}
      </div>
      <div className="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        <Tab provider={provider} tab={tab} key={provider} />
      </div>
    </main>
  );
}
