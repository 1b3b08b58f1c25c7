import type { KillIncident, KillStepName } from '../../main/contracts/kill.ts';

/** The steps of a kill as the panel heads its columns. */
export const STEP_TITLES: Readonly<Record<KillStepName, string>> = {
  latch: 'Latched',
  'block-outbound': 'Outbound blocked',
  'status-zero': 'Status 0',
  logout: 'Logout',
  'socket-destroyed': 'Socket gone',
  'tunnel-stopped': 'Tunnel gone',
  'engine-stopped': 'Engine gone',
  'event-published': 'Event',
  'audit-written': 'Audit',
};

/** How far a kill has got, worst first: "LP-X not confirmed · 1 running · 3 of 5 confirmed". */
export function incidentSummary({ lps }: KillIncident): string {
  const of = (outcome: KillIncident['lps'][number]['outcome']): readonly string[] =>
    lps.filter((lp) => lp.outcome === outcome).map((lp) => lp.provider);
  const failed = of('not-confirmed');
  const running = of('running');
  return [
    failed.length === 0 ? '' : `${failed.length > 3 ? `${failed.length} LPs` : failed.join(', ')} not confirmed`,
    running.length === 0 ? '' : `${running.length} running`,
    `${of('confirmed').length} of ${lps.length} confirmed`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
