import { join } from 'node:path';
import type { Admin } from './admin/start-admin.ts';
import type { Clock } from './base/clock.ts';
import { Closers } from './base/closers.ts';
import { readOrCreateSecret } from './base/secret-file.ts';
import { throttledErrors } from './base/throttled-errors.ts';
import { adoptOnce } from './console/adopt-once.ts';
import { openConsoleDatabase } from './console/console-database.ts';
import { openDoors } from './console/console-doors.ts';
import { openSessions } from './console/console-sessions.ts';
import type { Health, ProbedHealth } from './contracts/lp-view.ts';
import type { EngineLauncher, StartHelper } from './contracts/processes.ts';
import type { Result } from './contracts/result.ts';
import type { StartStep } from './contracts/start-steps.ts';
import { AuditLog } from './database/audit-log.ts';
import { identityOf, ownerName } from './database/console-identity.ts';
import { holdConnection } from './database/dedicated-connection.ts';
import { IncidentLog } from './database/incident-log.ts';
import { IncidentSpool } from './database/incident-spool.ts';
import { openOwnership } from './database/ownership.ts';
import { NatsPublisher } from './events/nats-publisher.ts';
import type { NatsServer } from './events/nats-server.ts';
import { watchHealth } from './health/console-health.ts';
import type { Dispatcher } from './ipc/dispatcher.ts';
import type { TailFactory } from './ipc/ports.ts';
import type { AppLog } from './logs/app-logger.ts';
import { adoptSecrets } from './lp-config/adopt-secrets.ts';
import { watchConfig } from './lp-config/config-watcher.ts';
import { LpRepository } from './lp-config/lp-repository.ts';
import { createSecrets } from './lp-config/secrets.ts';
import { ConsoleFeed } from './operations/console-feed.ts';
import { SecondIdentity } from './operations/second-identity.ts';
import { startOperations } from './operations/start-operations.ts';
import { Tokens } from './operations/tokens.ts';
import { confirmEvents } from './sessions/kill/event-confirmation.ts';
import { WriterProcess } from './sessions/kill/latch-disk.ts';
import { openLatchStore } from './sessions/kill/latch-store.ts';
import { closeFolders } from './settings/close-folders.ts';
import { lockDataFolder } from './settings/console-lock.ts';
import type { Settings } from './settings/settings.ts';

export interface ConsoleOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: AppLog['logger'];
  /** Engines as the composition root can start them. */
  readonly launcher: EngineLauncher;
  /** Starts the built latch-writer. */
  readonly latchWriter: StartHelper;
  /** Starts the built log-server. */
  readonly logServer: StartHelper;
  /** Path of the built reading-thread. */
  readonly readingThread: string;
  readonly version: string;
  /** Folder of the built renderer. */
  readonly rendererDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told how far the start is. */
  readonly onStep?: (step: StartStep) => void;
}

/** A running console, for its composition root. */
export interface RunningConsole {
  /** Null: the admin port is off. */
  readonly admin: Admin | null;
  readonly dispatcher: Dispatcher;
  readonly feed: ConsoleFeed;
  readonly tails: TailFactory;
  readonly health: () => Health;
  /** The LPs that are logged on here. */
  readonly loggedOn: () => readonly string[];
  /** Asks an LP for an answer now, by a TestRequest. */
  readonly check: (provider: string) => Promise<Result<null>>;
  /** Logs every session out, ends what was started, in the reverse order. */
  close(): Promise<void>;
}

/**
 * Wires what desktop and headless console share. What is opened is registered for closing where it is opened; a start that fails
 * closes what it had opened.
 *
 * @throws Error with a sentence for the operator: data folder in use, PostgreSQL did not start, port in use, damaged kill latches
 */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const opened = new Closers();
  try {
    return await wire(options, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function wire(options: ConsoleOptions, opened: Closers): Promise<RunningConsole> {
  const { settings, clock, log, version, onStep = () => undefined } = options;
  const consoleHost = ownerName();
  // One console on a data folder: message stores, sequence numbers, latches and the embedded database have one writer.
  opened.defer(lockDataFolder(settings.dataDir));
  const wereOpen = closeFolders(settings.dataDir, settings.fixLogDir);
  if (wereOpen > 0)
    log.warn({ wereOpen }, 'Folders and files of the console could be read by others of this machine; now they cannot');
  // First of all: which LPs are killed must be known before anything could bring one back.
  const latches = openLatchStore(settings.dataDir, clock, new WriterProcess(options.latchWriter, settings.dataDir, clock));
  opened.defer(() => latches.close());
  const tokens = new Tokens(join(settings.dataDir, 'tokens.json'), settings.adminToken, clock);
  const { url, database, ready, probe, health } = await openConsoleDatabase(settings, consoleHost, clock, log, opened, onStep);
  onStep(3);
  const publisher = new NatsPublisher({
    server: natsServer(settings),
    database,
    clock,
    onError: (err) => log.error({ err }, 'Publishing failed'),
  });
  opened.defer(() => publisher.close());
  const watcher = watchConfig((use) => holdConnection(url, clock, use), clock);
  opened.defer(() => watcher.close());
  const ownership = openOwnership(
    url,
    clock,
    identityOf(readOrCreateSecret(join(settings.dataDir, 'folder.id')), consoleHost),
    settings.asksBeforeTakeOver,
  );
  opened.defer(() => ownership.close());
  const secrets = createSecrets(settings.secretKey);
  const store = new LpRepository({
    database,
    secrets,
    events: settings.natsUrl !== null,
    onEvent: () => publisher.wake(),
    onChange: (listener) => watcher.onChange(listener),
  });
  const auditLog = new AuditLog(database, join(settings.dataDir, 'audit-spool.jsonl'));
  const notKept = throttledErrors(clock, (err) => log.warn({ err }, 'Kills are not kept as they should be; it is tried again'));
  const incidents = new IncidentLog(database, new IncidentSpool(join(settings.dataDir, 'incidents')), clock, notKept);
  opened.defer(() => incidents.close());

  const { manager, reader, logs } = openSessions(
    {
      ...options,
      consoleHost,
      latches,
      store,
      ownership,
      confirmation: confirmEvents({ off: settings.natsUrl === null, onPublished: (listener) => publisher.onPublished(listener) }),
    },
    opened,
  );
  const refused = [auditLog.refusedWrites, manager.refusedWrites, publisher.refusedWrites];
  // What was refused because the schema was damaged is taken now.
  probe.onMended(() => {
    for (const { count, retry } of refused)
      if (count() > 0) retry().catch((err: unknown) => log.warn({ err }, 'What was refused could not be retried'));
  });
  const watch = watchHealth({
    clock,
    folders: [
      { name: 'data folder', path: settings.dataDir },
      { name: 'FIX log folder', path: settings.fixLogDir, look: () => logs.look() },
    ],
    database: () => withRefused(health(), auditLog.refusedWrites.count() + manager.refusedWrites.count()),
    nats: () => publisher.health(),
    views: () => manager.views(),
  });
  opened.defer(() => watch.close());

  const second = new SecondIdentity(clock, (provider, text) => manager.note(provider, 'attention', text));
  const operations = startOperations({
    control: manager,
    configs: store,
    auditLog,
    refused,
    incidents,
    console: consoleHost,
    clock,
    log,
    ...(settings.rearmByTwo ? { second } : {}),
  });
  opened.defer(() => operations.close());
  const feed = new ConsoleFeed({ control: manager, health: watch.health, clock, host: consoleHost, version, log });
  opened.defer(() => feed.close());
  const { admin, dispatcher } = await openDoors(
    { ...options, manager, reader, operations, feed, tokens, health: watch.health },
    opened,
  );

  const begin = async (): Promise<void> => {
    await ready;
    await adoptOnce(join(settings.dataDir, 'secrets-bound'), () => adoptSecrets(database, secrets), clock, log, opened);
    await manager.start();
    await auditLog.flush();
  };
  // A database that went away again is no end of the console: what is left in the audit's spool goes with its next row.
  begin().catch((err: unknown) => log.error({ err }, 'The start was not complete'));
  const loggedOn = (): readonly string[] =>
    manager.views().flatMap(({ provider, loggedOnAtMs }) => (loggedOnAtMs === null ? [] : [provider]));
  const check = (provider: string): Promise<Result<null>> => manager.testRequest(provider);
  return { admin, dispatcher, feed, tails: reader, health: watch.health, loggedOn, check, close: () => opened.close() };
}

function natsServer({ natsUrl, natsFiles }: Settings): NatsServer | null {
  if (natsUrl === null) return null;
  const { credentials = null, nkey = null, ca = null } = natsFiles ?? {};
  return { url: natsUrl, credentialsFile: credentials, nkeyFile: nkey, caFile: ca };
}

/** Refused writes are no outage, and need a person. */
function withRefused(database: ProbedHealth, refused: number): ProbedHealth {
  if (refused === 0 || database.state !== 'ok') return database;
  const text = `${database.text}: ${refused} ${refused === 1 ? 'write was' : 'writes were'} refused for good, see the Audit screen`;
  return { ...database, state: 'degraded', text };
}
