import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KillIncident, KillStepName } from '../../main/contracts/kill.ts';
import { configOf } from './memory-database.ts';
import type { SessionDesk } from './session-desk.ts';

/** What tests read of a kill's incident. */

export function stepsOf(incident: KillIncident, provider = 'LP-A'): Record<KillStepName, string> {
  const lp = incident.lps.find((candidate) => candidate.provider === provider);
  if (lp === undefined) throw new Error(`${provider} is not in the incident`);
  return Object.fromEntries(lp.steps.map(({ name, state }) => [name, state])) as Record<KillStepName, string>;
}
export const textOf = (incident: KillIncident, name: KillStepName): string | null | undefined =>
  incident.lps[0]?.steps.find((step) => step.name === name)?.text;
export const outcomeOf = (incident: KillIncident, provider = 'LP-A'): string | undefined =>
  incident.lps.find((lp) => lp.provider === provider)?.outcome;
export const throughTunnel = (d: SessionDesk): void =>
  d.database.put('LP-A', { config: { valid: true, value: configOf('LP-A', { ssl: true }) } });
export const latchesOnDisk = (d: SessionDesk): Record<string, unknown> =>
  JSON.parse(readFileSync(join(d.dataDir, 'kill-latches.json'), 'utf8')) as Record<string, unknown>;
