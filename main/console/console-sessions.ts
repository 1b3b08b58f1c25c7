import type { Clock } from '../base/clock.ts';
import type { Closers } from '../base/closers.ts';
import { isPassing, sqlStateOf } from '../base/sqlstate.ts';
import { ProcessRecords, recordEngines, recordTunnels } from '../cli/process-records.ts';
import type { EngineLauncher, StartHelper } from '../contracts/processes.ts';
import type { AppLog } from '../logs/app-logger.ts';
import { LogProcess } from '../logs/log-process.ts';
import { ProviderLogs } from '../logs/provider-logs.ts';
import { Reader } from '../reading/reader.ts';
import { openSessionStarts } from '../sessions/connect/session-starts.ts';
import type { EventConfirmation } from '../sessions/kill/event-confirmation.ts';
import type { LatchStore } from '../sessions/kill/latch-store.ts';
import type { LpStore, Ownership } from '../sessions/ports.ts';
import { SessionManager } from '../sessions/session-manager.ts';
import type { Settings } from '../settings/settings.ts';
import { StunnelManager } from '../stunnel/stunnel-manager.ts';
import { engineSettings } from './engine-settings.ts';

/** Of an LP's FIX log, in which the last messages of both directions are looked for. */
const EVIDENCE_LINES = 200;

export interface SessionsParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: AppLog['logger'];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly launcher: EngineLauncher;
  /** Starts the built log-server. */
  readonly logServer: StartHelper;
  /** Path of the built reading-thread. */
  readonly readingThread: string;
  readonly consoleHost: string;
  readonly latches: LatchStore;
  readonly store: LpStore;
  readonly ownership: Ownership;
  readonly confirmation: EventConfirmation;
}

/** The Session Manager, with the logs, the reading thread and the processes that it works with. What is opened is registered in `opened`. */
export function openSessions(
  parts: SessionsParts,
  opened: Closers,
): { readonly manager: SessionManager; readonly reader: Reader; readonly logs: LogProcess } {
  const { settings, clock, log, latches, store, ownership, confirmation, consoleHost } = parts;
  const records = new ProcessRecords(settings.dataDir, clock, (err) =>
    log.warn({ err }, 'The list of running processes, for vfxlp kill, cannot be written'),
  );
  for (const { provider, kind, pid } of records.endLeftBehind())
    log.warn({ provider, kind, ended: pid }, 'A process of the console before this one still ran, and was ended by force');
  const tell = (provider: string, kind: 'error' | 'note', text: string): void => {
    log.warn({ provider }, text);
    manager.note(provider, kind === 'error' ? 'alarm' : 'attention', text);
  };
  // Closed after all who write lines: what they have written last is with it.
  const logs = new LogProcess({
    start: parts.logServer,
    dataDir: settings.dataDir,
    logDir: settings.fixLogDir,
    quota: settings.logQuota,
    clock,
    tell,
    onNote: (text) => log.warn({}, text),
  });
  opened.defer(() => logs.close());
  const providerLogs = new ProviderLogs({
    socket: logs.socket,
    onError: ({ message }, provider) => tell(provider, 'error', message),
    onNote: (text, provider) => tell(provider, 'note', text),
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
    env: parts.env,
    dataDir: settings.dataDir,
  });
  const reader = new Reader({
    entry: parts.readingThread,
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
    launcher: recordEngines(parts.launcher, records),
    tunnels: recordTunnels(tunnels, records),
    latches,
    sessionStarts: openSessionStarts(settings.dataDir),
    confirmation,
    readMessages: (provider) => reader.last(provider, EVIDENCE_LINES),
    eventLog: providerLogs,
    consoleHost,
    engineSettings: (config, credentials) => engineSettings(settings, config, credentials, manager.records(), logs.socket),
    databaseError: (err) => tellProblem(log, err),
    defect: (err) => log.error({ err }, 'A listener of the Session Manager failed: a defect, which the database has no part in'),
  });
  return { manager, reader, logs };
}

/** What the Session Manager could not do, as what it is. */
function tellProblem(log: AppLog['logger'], err: unknown): void {
  if (isPassing(err)) log.warn({ err }, 'The database does not do just now what the Session Manager asked; it is asked again');
  else if (sqlStateOf(err) !== null) log.error({ err }, 'The database refused what the Session Manager asked');
  else log.error({ err }, 'The Session Manager could not do something that the database has no part in');
}
