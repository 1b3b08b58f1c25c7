import type { IncidentList, StoredIncident } from '../contracts/stored-incident.ts';
import { adminClient } from './admin-client.ts';
import { type Cli, EXIT } from './cli.ts';
import { tableOf } from './table.ts';

export async function incidentsCommand(cli: Cli): Promise<number> {
  const answer = (await adminClient(cli.dataDir, cli.env).get('/api/v1/incidents')) as IncidentList;
  const rows = answer.incidents.map(({ startedAtMs, id, by, lps, open, reason }) => [
    new Date(startedAtMs).toISOString(),
    id,
    by,
    lps.length > 3 ? `${lps.length} LPs` : lps.join(' '),
    open.length === 0 ? 'confirmed' : `NOT CONFIRMED: ${open.join(' ')}`,
    reason,
  ]);
  if (!answer.complete) cli.say('The database is away: these are the kills that wait for it.');
  cli.result(answer, rows.length === 0 ? 'No kills.' : tableOf([['TIME', 'ID', 'BY', 'LPS', 'OUTCOME', 'REASON'], ...rows]));
  return EXIT.done;
}

export async function incidentCommand(cli: Cli, id: string): Promise<number> {
  const answer = await adminClient(cli.dataDir, cli.env).get(`/api/v1/incidents/${encodeURIComponent(id)}`);
  cli.result(answer, JSON.stringify((answer as { parts: readonly StoredIncident[] }).parts, null, 2));
  return EXIT.done;
}
