import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Admin, startAdmin } from './admin/start-admin.ts';
import type { Clock } from './base/clock.ts';
import { Closers } from './base/closers.ts';
import { withDeadline } from './base/deadline.ts';
import { readIfThere, writeDurably } from './base/durable-file.ts';
import { messageOf } from './base/errors.ts';
import { readOrCreateSecret } from './base/secret-file.ts';
import { isPassing, sqlStateOf } from './base/sqlstate.ts';
import { throttledErrors } from './base/throttled-errors.ts';
import { Turns } from './base/turns.ts';
import { type UntilDone, untilDone } from './base/until-done.ts';
import { announceConsole } from './cli/console-file.ts';
import { ProcessRecords, recordEngines, recordTunnels } from './cli/process-records.ts';
import type { EngineSettings } from './contracts/engine-protocol.ts';
import type { LpConfig } from './contracts/lp-config.ts';
import type { LpRecord } from './contracts/lp-record.ts';
import type { PartHealth, ProbedHealth } from './contracts/lp-view.ts';
import type { EngineLauncher, StartHelper } from './contracts/processes.ts';
import { compIdsOf } from './contracts/session-identity.ts';
import { AuditLog } from './database/audit-log.ts';
import { identityOf, ownerName } from './database/console-identity.ts';
import { openDatabase } from './database/database.ts';
import { probeDatabase } from './database/database-probe.ts';
import { holdConnection } from './database/dedicated-connection.ts';
import { IncidentLog } from './database/incident-log.ts';
import { IncidentSpool } from './database/incident-spool.ts';
import { migrate } from './database/migrate.ts';
import { openOwnership } from './database/ownership.ts';
import { probeSession } from './database/session-probe.ts';
import { startEmbeddedPostgres } from './embedded-postgres/embedded-postgres.ts';
import { NatsPublisher } from './events/nats-publisher.ts';
import type { NatsServer } from './events/nats-server.ts';
import { watchHealth } from './health/console-health.ts';
import { Dispatcher } from './ipc/dispatcher.ts';
import { createHandlers } from './ipc/handlers.ts';
import type { TailFactory } from './ipc/ports.ts';
import { WebSocketIpc } from './ipc/websocket-ipc.ts';
import type { AppLog } from './logs/app-logger.ts';
import { ProviderLogs } from './logs/provider-logs.ts';
import { adoptSecrets } from './lp-config/adopt-secrets.ts';
import { watchConfig } from './lp-config/config-watcher.ts';
import { LpRepository } from './lp-config/lp-repository.ts';
import { createSecrets } from './lp-config/secrets.ts';
import { Access } from './operations/access.ts';
import { ConsoleFeed } from './operations/console-feed.ts';
import { Door } from './operations/door.ts';
import { SecondIdentity } from './operations/second-identity.ts';
import { startOperations } from './operations/start-operations.ts';
import { Tokens } from './operations/tokens.ts';
import { Reader } from './reading/reader.ts';
import { openSessionStarts } from './sessions/connect/session-starts.ts';
import { confirmEvents } from './sessions/kill/event-confirmation.ts';
import { WriterProcess } from './sessions/kill/latch-disk.ts';
import { openLatchStore } from './sessions/kill/latch-store.ts';
import { SessionManager } from './sessions/session-manager.ts';
import { closeFolders } from './settings/close-folders.ts';
import { lockDataFolder } from './settings/console-lock.ts';
import type { Settings } from './settings/settings.ts';
import { StunnelManager } from './stunnel/stunnel-manager.ts';

const SCHEMA_RETRY_MS = 2_000;
const SCHEMA_WAIT_MS = 2_000;
const DRAIN_MS = 3_000;
/** Of an LP's FIX log, in which the last messages of both directions are looked for. */
const EVIDENCE_LINES = 200;

export interface ConsoleOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: AppLog['logger'];
  /** Engines as the composition root can start them. */
  readonly launcher: EngineLauncher;
  /** Starts the built latch-writer. */
  readonly latchWriter: StartHelper;
  /** Path of the built reading-thread. */
  readonly readingThread: string;
  readonly version: string;
  /** Folder of the built renderer. */
  readonly rendererDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A running console, for its composition root. */
export interface RunningConsole {
  readonly admin: Admin;
  readonly dispatcher: Dispatcher;
  readonly feed: ConsoleFeed;
  readonly tails: TailFactory;
  /** How many sessions are logged on here. */
  readonly loggedOn: () => number;
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
  const { settings, clock, log, launcher, version } = options;
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
  const door = new Door(tokens, clock, log);
  const records = new ProcessRecords(settings.dataDir, (err) =>
    log.warn({ err }, 'The list of running processes, for vfxlp kill, cannot be written'),
  );
  const { url, ownerUrl } = await databaseOf(settings, clock, log, opened);

  const database = openDatabase(url, clock);
  opened.defer(() => database.close());
  const schema = keepSchema(url, ownerUrl, clock, log);
  opened.defer(schema.stop);
  // Everything below reads tables. A database that is away must not keep the console, and its kill switch, from starting.
  await withDeadline(clock, SCHEMA_WAIT_MS, schema.ready);

  const probe = probeDatabase(database, clock, consoleHost);
  opened.defer(() => probe.close());
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

  const providerLogs = new ProviderLogs({
    fixLogDir: settings.fixLogDir,
    onError: (err, provider) => {
      log.error({ err, provider }, "A provider's log cannot be written");
      manager.note(provider, 'alarm', `A log cannot be written: ${err.message}`);
    },
    onNote: (text, provider) => {
      log.warn({ provider }, text);
      manager.note(provider, 'attention', text);
    },
  });
  opened.defer(() => providerLogs.close());
  const flush = (): void => providerLogs.flushSync();
  process.once('exit', flush);
  opened.defer(() => {
    process.off('exit', flush);
  });
  const tunnels = new StunnelManager({
    logs: { open: (provider) => providerLogs.openTunnelLog(provider) },
    clock,
    env: options.env,
    dataDir: settings.dataDir,
  });
  const reader = new Reader({
    entry: options.readingThread,
    folders: { fixLogDir: settings.fixLogDir, dictionaryDirs: settings.dictionaryDirs },
    clock,
    onTailError: (provider, why) => log.warn({ provider, why }, 'The FIX log cannot be followed'),
    onNote: (text) => log.warn({}, text),
  });
  opened.defer(() => reader.close());

  const manager = new SessionManager({
    clock,
    random: Math.random,
    store,
    ownership,
    launcher: recordEngines(launcher, records),
    tunnels: recordTunnels(tunnels, records),
    latches,
    sessionStarts: openSessionStarts(settings.dataDir),
    confirmation: confirmEvents({ off: settings.natsUrl === null, onPublished: (listener) => publisher.onPublished(listener) }),
    readMessages: (provider) => reader.last(provider, EVIDENCE_LINES),
    eventLog: providerLogs,
    consoleHost,
    engineSettings: (config, credentials) => ({
      provider: config.provider,
      senderCompId: config.senderCompId,
      targetCompId: config.targetCompId,
      heartBtInt: config.heartBtInt,
      session: config.session,
      credentials,
      storeDir: folder(settings.dataDir, 'store'),
      ...heirsOf(config, manager.records()),
      logDir: folder(settings.fixLogDir, config.provider),
      dictionaryDirs: settings.dictionaryDirs,
    }),
    databaseError: (err) => tellProblem(log, err),
    defect: (err) => log.error({ err }, 'A listener of the Session Manager failed: a defect, which the database has no part in'),
  });
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
      { name: 'FIX log folder', path: settings.fixLogDir },
    ],
    database: () =>
      withProblem(withRefused(probe.health(), auditLog.refusedWrites.count() + manager.refusedWrites.count()), schema.problem()),
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
  // Closed in the reverse order: sessions are logged out, screens hear goodbye, and then the port goes.
  let listening: Admin | null = null;
  opened.defer(async () => listening?.close());
  const turns = new Turns();
  const access = new Access({
    listenHost: settings.adminHost,
    names: settings.adminNames,
    tls: settings.tls !== null,
    trustedProxies: settings.trustedProxies,
  });
  const dispatcher = new Dispatcher(
    createHandlers(
      operations.deps,
      feed,
      (asker, provider, text) => reader.decode(asker, text, dictionaryOf(manager.records(), provider)),
      tokens,
    ),
    clock,
    log,
    turns,
  );
  const webSockets = new WebSocketIpc({
    dispatcher,
    feed,
    tails: reader,
    door,
    turns,
    access,
    clock,
    log,
  });
  opened.defer(() => webSockets.close());
  // Before anything waits for whoever is connected: no LP's Logout depends on a screen, a program or a stranger at the port.
  opened.defer(async () => {
    operations.shutDown();
    const [left] = await Promise.all([dispatcher.close(DRAIN_MS), manager.stop()]);
    if (left > 0) log.warn({ left }, 'Requests were still running at shutdown');
  });
  const admin = await startAdmin({
    host: settings.adminHost,
    port: settings.adminPort,
    door,
    access,
    tls: settings.tls,
    clock,
    turns,
    version,
    operations: operations.deps,
    health: watch.health,
    consoleFolder: options.rendererDir,
    onUpgrade: (request, socket, head) => webSockets.handleUpgrade(request, socket, head),
  });
  listening = admin;
  opened.defer(announceConsole(settings.dataDir, admin.url, settings.tls?.certFile ?? null));

  const begin = async (): Promise<void> => {
    await schema.ready;
    const adopted = adoptOnce(join(settings.dataDir, 'secrets-bound'), () => adoptSecrets(database, secrets), clock, log);
    opened.defer(adopted.stop);
    // Those whose rows are locked just then follow when they have been adopted.
    await withDeadline(clock, SCHEMA_WAIT_MS, adopted.ready);
    await manager.start();
    await auditLog.flush();
  };
  // A database that went away again is no end of the console: what is left in the audit's spool goes with its next row.
  begin().catch((err: unknown) => log.error({ err }, 'The start was not complete'));
  const loggedOn = (): number => manager.views().filter((lp) => lp.loggedOnAtMs !== null).length;
  return { admin, dispatcher, feed, tails: reader, loggedOn, close: () => opened.close() };
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

/** What the Session Manager could not do, as what it is. */
function tellProblem(log: AppLog['logger'], err: unknown): void {
  if (isPassing(err)) log.warn({ err }, 'The database does not do just now what the Session Manager asked; it is asked again');
  else if (sqlStateOf(err) !== null) log.error({ err }, 'The database refused what the Session Manager asked');
  else log.error({ err }, 'The Session Manager could not do something that the database has no part in');
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

/**
 * Binds the secrets of before to where they go, once in the life of a data folder: a file says that it was done, for whoever may write the table
 * must not be able to have it done again.
 */
function adoptOnce(done: string, adopt: () => Promise<readonly string[]>, clock: Clock, log: AppLog['logger']): UntilDone {
  const attempt = async (): Promise<void> => {
    if (readIfThere(done) !== null) return;
    const adopted = await adopt();
    if (adopted.length > 0)
      log.info({ adopted }, 'The stored secrets are bound to the Host, Port, SSL and backup hosts of their LPs now');
    writeDurably(done, '');
  };
  return untilDone(clock, SCHEMA_RETRY_MS, attempt, (err) =>
    log.warn({ err }, 'The stored secrets of before could not be bound to where they go yet; it is tried again'),
  );
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

function folder(...parts: readonly string[]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

/** The file of the dictionary of an LP's dialect; null: FIX 4.4. */
function dictionaryOf(records: readonly LpRecord[], provider: string): string | null {
  const config = records.find((record) => record.provider === provider)?.config;
  return config?.valid === true ? config.value.session.dictionaryFile : null;
}

/** The row and the others that there are of its FIX session, to which its message store goes over. */
function heirsOf(config: LpConfig, records: readonly LpRecord[]): Pick<EngineSettings, 'row'> {
  const id = records.find(({ provider }) => provider === config.provider)?.rowId ?? null;
  if (id === null) return {};
  const session = compIdsOf(config);
  const others = records.filter((record) => record.config.valid && compIdsOf(record.config.value) === session);
  return { row: { id, heirs: [id, ...others.flatMap(({ rowId }) => rowId ?? [])] } };
}
