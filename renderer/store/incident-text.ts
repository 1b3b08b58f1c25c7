import type { KillIncident, KillStepName, KillStepState } from '../../main/contracts/kill.ts';
import type { KillEvidence, StoredIncident } from '../../main/contracts/stored-incident.ts';

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

interface LogLine {
  readonly key: string;
  readonly atMs: number;
  /** Since the press. */
  readonly afterMs: number;
  readonly provider: string;
  readonly step: KillStepName;
  readonly state: KillStepState;
  readonly text: string | null;
}

/** The logs of all LPs of a kill, as one, in the order in which things were done. */
export function incidentLog({ lps, startedAtMs }: KillIncident): readonly LogLine[] {
  return lps
    .flatMap(({ provider, log }) =>
      log.map((entry, n) => ({ ...entry, provider, key: `${provider} ${n}`, afterMs: Math.max(0, entry.atMs - startedAtMs) })),
    )
    .sort((a, b) => a.atMs - b.atMs);
}

/** `12, 34`: next in, next out. */
export function numbersText(numbers: KillEvidence['atEnd']): string {
  if (numbers === null) return 'not known';
  return `${numbers.nextIn ?? '?'}, ${numbers.nextOut ?? '?'}`;
}

export const exportText = (parts: readonly StoredIncident[]): string => `${JSON.stringify({ parts }, null, 2)}\n`;

/** A file name that any system takes, whatever the incident is called. */
export function exportName(parts: readonly StoredIncident[]): string {
  const { id, startedAtMs } = parts[0]?.incident ?? { id: '', startedAtMs: 0 };
  const time = new Date(startedAtMs).toISOString().replaceAll(/[:.]/g, '-');
  return `kill-${time}-${id.replaceAll(/[^A-Za-z0-9-]/g, '_').slice(0, 60)}.json`;
}
