import type { Clock } from '../base/clock.ts';
import type { Closers } from '../base/closers.ts';
import { withDeadline } from '../base/deadline.ts';
import { messageOf } from '../base/errors.ts';
import { type UntilDone, untilDone } from '../base/until-done.ts';
import type { PartHealth, ProbedHealth } from '../contracts/lp-view.ts';
import type { StartStep } from '../contracts/start-steps.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { type DatabaseProbe, probeDatabase } from '../database/database-probe.ts';
import { migrate } from '../database/migrate.ts';
import { probeSession } from '../database/session-probe.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';
import type { AppLog } from '../logs/app-logger.ts';
import type { Settings } from '../settings/settings.ts';

const SCHEMA_RETRY_MS = 2_000;
const SCHEMA_WAIT_MS = 2_000;

/** The console's database, with its schema kept up to date. */
export interface ConsoleDatabase {
  readonly url: string;
  readonly database: Database;
  /** Resolves when the schema is there. */
  readonly ready: Promise<void>;
  readonly probe: DatabaseProbe;
  health(): ProbedHealth;
}

/** The one of the settings, or our own. What it opens is registered in `opened`; `onStep` hears how far it is; waits two seconds at most for the schema. */
export async function openConsoleDatabase(
  settings: Settings,
  consoleHost: string,
  clock: Clock,
  log: AppLog['logger'],
  opened: Closers,
  onStep: (step: StartStep) => void,
): Promise<ConsoleDatabase> {
  onStep(1);
  const { url, ownerUrl } = await databaseOf(settings, clock, log, opened);
  onStep(2);
  const database = openDatabase(url, clock);
  opened.defer(() => database.close());
  const schema = keepSchema(url, ownerUrl, clock, log);
  opened.defer(schema.stop);
  // Everything else reads tables. A database that is away must not keep the console, and its kill switch, from starting.
  await withDeadline(clock, SCHEMA_WAIT_MS, schema.ready);
  const probe = probeDatabase(database, clock, consoleHost);
  opened.defer(() => probe.close());
  return { url, database, ready: schema.ready, probe, health: () => withProblem(probe.health(), schema.problem()) };
}

async function databaseOf(
  { databaseUrl, databaseOwnerUrl, dataDir }: Settings,
  clock: Clock,
  log: AppLog['logger'],
  opened: Closers,
): Promise<{ readonly url: string; readonly ownerUrl: string }> {
  if (databaseUrl !== null) return { url: databaseUrl, ownerUrl: databaseOwnerUrl ?? databaseUrl };
  const postgres = await startEmbeddedPostgres({ dataDir, clock, onNote: (text) => log.warn(text) });
  opened.defer(() => postgres.stop());
  return postgres;
}

/** Brings the schema up to date as soon as the database answers; the console is up, and shows that it waits, before that. */
function keepSchema(
  url: string,
  ownerUrl: string,
  clock: Clock,
  log: AppLog['logger'],
): UntilDone & { readonly problem: () => PartHealth | null } {
  let said = '';
  let problem: PartHealth | null = null;
  const attempt = async (): Promise<void> => {
    await probeSession(url);
    const done = await migrate(ownerUrl);
    if (done.length > 0) log.info({ migrations: done }, 'The database schema was brought up to date');
    problem = null;
  };
  const failed = (err: unknown): void => {
    const why = messageOf(err);
    // Once, not at every attempt.
    if (why !== said)
      log.error({ err }, `The database cannot be used yet (is VFXLP_DATABASE_URL right?); it is tried again: ${why}`);
    said = why;
    problem = { state: 'down', text: why, sinceMs: clock.nowMs() };
  };
  return { ...untilDone(clock, SCHEMA_RETRY_MS, attempt, failed), problem: () => problem };
}

/** Why the console does not begin to use the database says more than what it lacks meanwhile. */
function withProblem(health: ProbedHealth, problem: PartHealth | null): ProbedHealth {
  return problem === null ? health : { ...health, ...problem };
}
