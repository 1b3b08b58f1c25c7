import type { LpView } from '../../../main/contracts/lp-view.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { grouped } from '../../store/format.ts';

const CANCELS = {
  yes: 'yes: the LP is configured as cancelling open orders when the session drops',
  no: 'NO: open orders stay alive at the LP',
  unknown: 'NOT KNOWN: ask the LP; take open orders as alive',
} as const;

export const gapText = (lp: LpView): string => {
  const gap = lp.stats?.gap ?? null;
  if (gap === null) return 'none';
  return gap.to === 0 ? `from ${grouped(gap.from)}, open end` : `${grouped(gap.from)}–${grouped(gap.to)}`;
};

/** Exactly which session is meant, and what stopping it leaves behind. */
export function SessionFacts({ lp }: { readonly lp: LpView }) {
  return (
    <dl className="facts">
      <div>
        <dt>Session</dt>
        <dd>
          {lp.senderCompId} → {lp.targetCompId} at {lp.host}:{lp.port}
          {lp.ssl ? ' over TLS' : ''}
        </dd>
      </div>
      <div>
        <dt>State</dt>
        <dd>
          <StateBadge provider={lp.provider} />
        </dd>
      </div>
      <div>
        <dt>Open gap</dt>
        <dd>{gapText(lp)}</dd>
      </div>
      <div>
        <dt>Cancels on disconnect</dt>
        <dd data-tone={lp.cancelsOnDisconnect === 'yes' ? undefined : 'attention'}>{CANCELS[lp.cancelsOnDisconnect]}</dd>
      </div>
    </dl>
  );
}
