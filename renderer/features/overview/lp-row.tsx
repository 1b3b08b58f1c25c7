import { memo, useEffect, useRef } from 'react';
import { NEW_TROUBLE_MS } from '../../../main/contracts/lp-trouble.ts';
import type { LpStateKind } from '../../../main/contracts/lp-view.ts';
import { lostSince, useConsole, useLive, useRunning, useSelect } from '../../components/console-context.tsx';
import { SilenceBar } from '../../components/silence-bar.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { coarse, grouped, localTime, millis, rate } from '../../store/format.ts';
import { isLastKnown, labelOf } from '../../store/lp-label.ts';
import { shortMessageName } from '../../store/message-name.ts';
import { WhyLine } from './why-line.tsx';

/** Down, and not in trouble. */
const DOWN: ReadonlySet<LpStateKind> = new Set(['killed', 'connecting', 'logon']);
const NONE = <span className="none">–</span>;

/** Since the Logon; or, while it is wanted and not there, since when it is down. */
function Uptime({ provider }: { readonly provider: string }) {
  const upMs = useSelect((state) => state.mirror.lps[provider]?.loggedOnAtMs ?? null);
  const downMs = useSelect((state) => {
    const lp = state.mirror.lps[provider];
    if (lp === undefined) return null;
    return lp.trouble?.downSinceMs ?? (DOWN.has(lp.state.kind) ? lp.statusAtMs : null);
  });
  const sinceMs = upMs ?? downMs;
  const text = useLive((_, nowMs) => (sinceMs === null ? null : coarse(nowMs - sinceMs)));
  if (sinceMs === null || text === null) return NONE;
  return upMs === null ? (
    <span className="down" title={`down since ${localTime(sinceMs)}`}>
      down {text.split(' ').slice(0, 2).join(' ')}
    </span>
  ) : (
    <span title={`logged on ${localTime(sinceMs)}`}>{text}</span>
  );
}

function LastMessage({ provider }: { readonly provider: string }) {
  const message = useSelect((state) => state.mirror.lps[provider]?.stats?.lastMessage ?? null);
  const age = useLive((_, nowMs) => (message === null ? null : coarse(nowMs - message.atMs)));
  if (message === null) return NONE;
  return (
    <span className="last-message" title={`${message.direction === 'in' ? 'received' : 'sent'} ${localTime(message.atMs)}`}>
      <span className="direction">{message.direction === 'in' ? '‹' : '›'}</span>
      <span className="last-name">{shortMessageName(message.msgType)}</span>
      <span className="unit">{age}</span>
    </span>
  );
}

interface LpRowProps {
  readonly provider: string;
  /** Whether this row is the one that Tab reaches when none is selected. */
  readonly first: boolean;
  onMenu(provider: string, x: number, y: number): void;
}

/** One LP on one line. It draws again when this LP changes, and its ages by themselves. */
export const LpRow = memo(function LpRow({ provider, first, onMenu }: LpRowProps) {
  const { store } = useConsole();
  const lp = useSelect((state) => state.mirror.lps[provider]);
  const selected = useSelect((state) => state.selected === provider);
  const reachable = useSelect((state) => state.selected === provider || (first && state.selected === null));
  const tone = useRunning((state, nowMs) => {
    const known = state.mirror.lps[provider];
    return known === undefined ? null : labelOf(known, nowMs, lostSince(state)).tone;
  });
  const isNew = useLive((state, nowMs) => {
    const sinceMs = state.mirror.lps[provider]?.trouble?.sinceMs;
    return sinceMs !== undefined && nowMs - sinceMs < NEW_TROUBLE_MS;
  });
  // The focus follows the selection when that moves, and only then: a row that draws again must not take it from a dialog.
  const name = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Nor from a field: the mark moves while a filter is typed.
    const typing = document.activeElement?.matches('input, textarea, select') === true;
    if (!selected) return;
    if (typing) name.current?.scrollIntoView({ block: 'nearest' });
    else if (store.getState().dialog === null) name.current?.focus();
  }, [selected, store]);
  if (lp === undefined) return null;
  const { stats } = lp;
  const lastKnown = isLastKnown(lp) && lp.statsAtMs !== null ? `last known, ${localTime(lp.statsAtMs)}` : undefined;
  const open = (): void => store.getState().show({ screen: 'lp', provider, tab: 'session' });
  return (
    <tr
      data-testid={`lp-row-${provider}`}
      data-state={lp.state.kind}
      data-tone={tone}
      data-trouble={lp.trouble !== null}
      data-last-known={isLastKnown(lp)}
      data-selected={selected}
      onClick={() => store.getState().select(provider)}
      onDoubleClick={open}
      onContextMenu={(event) => {
        event.preventDefault();
        store.getState().select(provider);
        onMenu(provider, event.clientX, event.clientY);
      }}
    >
      <td className="c-state">
        <StateBadge provider={provider} />
      </td>
      <th scope="row" className="c-provider">
        <button
          type="button"
          className="link"
          tabIndex={reachable ? 0 : -1}
          ref={name}
          title={`${lp.senderCompId} → ${lp.targetCompId} at ${lp.host}:${lp.port}${lp.ssl ? ' over TLS' : ''}`}
          onClick={open}
        >
          {provider}
        </button>
      </th>
      <td className="c-why">
        {isNew && <span className="new-trouble">NEW</span>}
        <WhyLine provider={provider} />
      </td>
      <td className="c-silence">
        <SilenceBar provider={provider} />
      </td>
      <td className="c-rtt n">{stats?.testRequestRttMs == null ? NONE : millis(stats.testRequestRttMs)}</td>
      <td className="c-seq n" title={lastKnown}>
        {stats === null ? NONE : grouped(stats.nextIn)}
      </td>
      <td className="c-seq n" title={lastKnown}>
        {stats === null ? NONE : grouped(stats.nextOut)}
      </td>
      <td className="c-rate n">{stats === null || lp.loggedOnAtMs === null ? NONE : rate(stats.inPerSecond)}</td>
      <td className="c-rate n">{stats === null || lp.loggedOnAtMs === null ? NONE : rate(stats.outPerSecond)}</td>
      <td className="c-spark">{lp.loggedOnAtMs !== null && <Sparkline values={lp.spark} />}</td>
      <td className="c-last">
        <LastMessage provider={provider} />
      </td>
      <td className="c-uptime n">
        <Uptime provider={provider} />
      </td>
      <td className="c-owner">{lp.owner ?? NONE}</td>
      <td className="c-menu">
        <button
          type="button"
          className="row-menu"
          tabIndex={reachable ? 0 : -1}
          aria-label={`Actions for ${provider}`}
          aria-haspopup="menu"
          onClick={(event) => {
            event.stopPropagation();
            store.getState().select(provider);
            const box = event.currentTarget.getBoundingClientRect();
            onMenu(provider, box.left, box.bottom);
          }}
        >
          ⋯
        </button>
      </td>
    </tr>
  );
});
