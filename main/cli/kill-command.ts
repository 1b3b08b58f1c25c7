import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { KillIncident, KillStepName, KillStepState } from '../contracts/kill.ts';
import { type AdminClient, adminClient, NoConsole, Refused } from './admin-client.ts';
import type { Cli } from './cli.ts';
import { EXIT } from './cli.ts';
import { type EmergencyOutcome, killWithoutConsole } from './emergency-kill.ts';

const FOLLOW_MS = 15_000;
const FOLLOW_EVERY_MS = 50;

/**
 * @param provider null: every LP
 * @param waitMs a console that has not answered by then is not waited for
 * @returns the exit status
 */
export async function killCommand(cli: Cli, provider: string | null, reason: string, waitMs: number): Promise<number> {
  try {
    const client = adminClient(cli.dataDir, cli.env);
    const body = { reason, actor: cli.actor };
    const answer =
      provider === null
        ? await client.post('/api/v1/kill-all', { ...body, typed: 'KILL' }, waitMs)
        : await client.post(`/api/v1/lps/${encodeURIComponent(provider)}/kill`, body, waitMs);
    return await follow(cli, client, (answer as { incident: KillIncident }).incident, waitMs);
  } catch (error) {
    // The console works and knows better: there is no such LP, or the reason is none.
    if (error instanceof Refused && [400, 404, 409, 422].includes(error.status)) throw error;
    if (!(error instanceof NoConsole || error instanceof Refused)) throw error;
    cli.say(`${error.message}: killing without it.`);
    return await emergency(cli, provider, reason);
  }
}

/** Tells each step as it is done. A console that stops answering meanwhile is not relied on. */
async function follow(cli: Cli, client: AdminClient, begun: KillIncident, waitMs: number): Promise<number> {
  let incident = begun;
  const told = new Map<string, KillStepState>();
  const tell = (provider: string, name: KillStepName, state: KillStepState, text: string | null): void => {
    const key = `${provider} ${name}`;
    if (state === 'waiting' || state === 'doing' || told.get(key) === state) return;
    told.set(key, state);
    cli.say(`${provider}: ${name}: ${state}${text === null ? '' : ` (${text})`}`);
  };
  const until = performance.now() + FOLLOW_MS;
  for (;;) {
    for (const { provider, steps } of incident.lps) for (const { name, state, text } of steps) tell(provider, name, state, text);
    if (incident.lps.every(({ outcome }) => outcome !== 'running') || performance.now() > until) break;
    await pause(FOLLOW_EVERY_MS);
    const answer = await client.get(`/api/v1/kills/${encodeURIComponent(incident.id)}`, waitMs);
    incident = (answer as { incident: KillIncident }).incident;
  }
  const open = incident.lps.filter(({ outcome }) => outcome !== 'confirmed').map(({ provider }) => provider);
  cli.result(
    { how: 'console', incident },
    open.length === 0
      ? `Killed, and known to be gone: ${incident.lps.map(({ provider }) => provider).join(', ')}.`
      : `Killed, but NOT known to be gone: ${open.join(', ')}. Look at the steps above; end the engine process by hand if need be.`,
  );
  return open.length === 0 ? EXIT.done : EXIT.notConfirmed;
}

async function emergency(cli: Cli, provider: string | null, reason: string): Promise<number> {
  const { dataDir, actor: by } = cli;
  const latch = { incidentId: randomUUID(), by, reason, atMs: Date.now() };
  const outcome = await killWithoutConsole({ dataDir, provider, latch, say: cli.say });
  const [sentence, status] = judged(outcome, provider);
  cli.result({ how: 'without-console', incidentId: latch.incidentId, ...outcome }, sentence);
  return status;
}

function judged({ latched, processes, left }: EmergencyOutcome, provider: string | null): readonly [string, number] {
  const alive = processes.filter(({ how }) => how === 'does not end').map(({ pid }) => pid);
  if (alive.length > 0)
    return [`NOT killed: these processes do not end: ${alive.join(', ')}. End them by hand (kill -KILL).`, EXIT.notConfirmed];
  if (!latched)
    return [
      'The sessions are ended, but NO latch is on the disk: the console will log on again when it can. Stop it, or try again.',
      EXIT.notConfirmed,
    ];
  if (provider !== null && processes.length === 0 && left.length > 0) {
    const others = [...new Set(left.map((record) => record.provider))].join(', ');
    return [
      `${provider} is latched, but no process of it runs here; running are: ${others}. Is the name right?`,
      EXIT.notConfirmed,
    ];
  }
  const what = processes.length === 0 ? 'no process was running here' : `${processes.length} processes ended`;
  return [`Killed: latched on disk, ${what}. The database hears of it from the console, when it answers again.`, EXIT.done];
}
