import type { KillIncident } from '../../main/contracts/kill.ts';
import type { Desk } from './desk.ts';
import type { Fault } from './fault.ts';

/** Kills LP-1; shown by the incident's own words. Resolves when it is settled. */
export async function killed(f: Fault, desk: Desk): Promise<KillIncident> {
  const began = performance.now();
  const { incident } = (await desk.act('kill')) as { incident: KillIncident };
  for (;;) {
    const now = ((await desk.serve.api('GET', `/kills/${incident.id}`)) as { incident: KillIncident }).incident;
    const [lp] = now.lps;
    if (lp !== undefined && lp.outcome !== 'running') {
      f.row.shownMs = performance.now() - began;
      const steps = lp.steps.map(({ name, state, text }) => `${name} ${state}${text === null ? '' : ` (${text})`}`);
      f.row.words = `${lp.outcome}: ${steps.slice(0, 4).join(', ')}`;
      return now;
    }
    if (performance.now() - began > f.row.limitMs) throw new Error(`the kill is not settled: ${JSON.stringify(now)}`);
    await new Promise((later) => setTimeout(later, 20));
  }
}
