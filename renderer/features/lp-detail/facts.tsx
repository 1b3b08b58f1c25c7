import type { ReactNode } from 'react';
import { useSelect } from '../../components/console-context.tsx';
import { SilenceBar } from '../../components/silence-bar.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { Time } from '../../components/time.tsx';
import { bytes, grouped, millis, rate } from '../../store/format.ts';
import { isLastKnown } from '../../store/lp-label.ts';
import { gapText } from '../kill/session-facts.tsx';
import { SilenceChart } from './silence-chart.tsx';

const STATUS_WORDS = { 0: 'inactive', 1: 'active', 2: 'error' } as const;

function Fact({
  name,
  tone,
  children,
}: {
  readonly name: string;
  readonly tone?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <div data-tone={tone}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const NONE = <span className="none">–</span>;

/** The session in figures. */
export function Facts({ provider }: { readonly provider: string }) {
  const lp = useSelect((state) => state.mirror.lps[provider]);
  if (lp === undefined) return null;
  const { stats } = lp;
  return (
    <section className="panel facts-panel" aria-label="Session in figures" data-last-known={isLastKnown(lp)}>
      <h2>
        Session
        {isLastKnown(lp) && lp.statsAtMs !== null && (
          <span className="unit" data-testid="last-known">
            {' '}
            ended; last known <Time atMs={lp.statsAtMs} format="short" />
          </span>
        )}
      </h2>
      <dl className="facts figures">
        <Fact name="Next in">{stats === null ? NONE : <b data-testid="next-in">{grouped(stats.nextIn)}</b>}</Fact>
        <Fact name="Next out">{stats === null ? NONE : <b data-testid="next-out">{grouped(stats.nextOut)}</b>}</Fact>
        <Fact name="Open gap" tone={stats?.gap == null ? undefined : 'attention'}>
          {gapText(lp)}
        </Fact>
        <Fact name="Silence">
          <SilenceBar provider={provider} />
        </Fact>
        <Fact name="TestRequest RTT">{stats?.testRequestRttMs == null ? NONE : millis(stats.testRequestRttMs)}</Fact>
        <Fact name="In / out a second">
          {stats === null ? NONE : `${rate(stats.inPerSecond)} / ${rate(stats.outPerSecond)}`} <Sparkline values={lp.spark} />
        </Fact>
        <Fact name="Total in / out">{stats === null ? NONE : `${grouped(stats.totalIn)} / ${grouped(stats.totalOut)}`}</Fact>
        <Fact name="Rejects" tone={stats !== null && stats.rejects > 0 ? 'attention' : undefined}>
          {stats === null ? NONE : grouped(stats.rejects)}
        </Fact>
        <Fact name="Garbled" tone={stats !== null && stats.garbled > 0 ? 'attention' : undefined}>
          {stats === null ? NONE : grouped(stats.garbled)}
        </Fact>
        {stats !== null && stats.unreadable > 0 && (
          <Fact name="Unreadable in the store" tone="attention">
            {grouped(stats.unreadable)}
          </Fact>
        )}
        <Fact name="Logged on since">{lp.loggedOnAtMs === null ? NONE : <Time atMs={lp.loggedOnAtMs} format="short" />}</Fact>
        <Fact name="Status">
          {lp.status} {STATUS_WORDS[lp.status]}
          {lp.statusAtMs !== null && (
            <>
              {' '}
              since <Time atMs={lp.statusAtMs} format="short" />
            </>
          )}
        </Fact>
        <Fact name="Engine">
          {lp.enginePid === null ? NONE : `pid ${lp.enginePid}${stats === null ? '' : `, ${bytes(stats.rssBytes)}`}`}
        </Fact>
        <Fact name="stunnel">{lp.tunnelPid === null ? NONE : `pid ${lp.tunnelPid}`}</Fact>
        <Fact name="Owner">{lp.owner ?? NONE}</Fact>
      </dl>
      {lp.loggedOnAtMs !== null && <SilenceChart provider={provider} />}
    </section>
  );
}
