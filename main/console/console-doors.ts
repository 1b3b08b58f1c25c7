import { type Admin, startAdmin } from '../admin/start-admin.ts';
import type { Clock } from '../base/clock.ts';
import type { Closers } from '../base/closers.ts';
import { Turns } from '../base/turns.ts';
import { announceConsole } from '../cli/console-file.ts';
import type { Health } from '../contracts/lp-view.ts';
import { Dispatcher } from '../ipc/dispatcher.ts';
import { createHandlers } from '../ipc/handlers.ts';
import { WebSocketIpc } from '../ipc/websocket-ipc.ts';
import type { AppLog } from '../logs/app-logger.ts';
import { Access } from '../operations/access.ts';
import type { ConsoleFeed } from '../operations/console-feed.ts';
import { Door } from '../operations/door.ts';
import type { startOperations } from '../operations/start-operations.ts';
import type { Tokens } from '../operations/tokens.ts';
import type { Reader } from '../reading/reader.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import type { Settings } from '../settings/settings.ts';
import { dictionaryOf } from './engine-settings.ts';

const DRAIN_MS = 3_000;

export interface DoorsParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: AppLog['logger'];
  readonly version: string;
  /** Folder of the built renderer. */
  readonly rendererDir: string;
  readonly manager: SessionManager;
  readonly reader: Reader;
  readonly operations: ReturnType<typeof startOperations>;
  readonly feed: ConsoleFeed;
  readonly tokens: Tokens;
  readonly health: () => Health;
}

/**
 * IPC, WebSocket and admin API. What is opened is registered in `opened`; closing it logs the sessions out, before anything waits for whoever is
 * connected.
 */
export async function openDoors(
  parts: DoorsParts,
  opened: Closers,
): Promise<{ readonly admin: Admin | null; readonly dispatcher: Dispatcher }> {
  const { settings, clock, log, version, manager, reader, operations, feed, tokens, health } = parts;
  const door = new Door(tokens, clock, log);
  const turns = new Turns();
  const access = new Access({
    listenHost: settings.adminHost,
    names: settings.adminNames,
    tls: settings.tls !== null,
    trustedProxies: settings.trustedProxies,
  });
  // Closed in the reverse order: sessions are logged out, screens hear goodbye, and then the port goes.
  let listening: Admin | null = null;
  opened.defer(async () => listening?.close());
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
  const webSockets = new WebSocketIpc({ dispatcher, feed, tails: reader, door, turns, access, clock, log });
  opened.defer(() => webSockets.close());
  // No LP's Logout depends on a screen, a program or a stranger at the port.
  opened.defer(async () => {
    operations.shutDown();
    const [left] = await Promise.all([dispatcher.close(DRAIN_MS), manager.stop()]);
    if (left > 0) log.warn({ left }, 'Requests were still running at shutdown');
  });
  const certFile = settings.tls?.certFile ?? null;
  const { adminPort } = settings;
  if (adminPort === null) {
    opened.defer(announceConsole(settings.dataDir, null, certFile));
    return { admin: null, dispatcher };
  }
  const admin = await startAdmin({
    host: settings.adminHost,
    port: adminPort,
    door,
    access,
    tls: settings.tls,
    clock,
    turns,
    version,
    operations: operations.deps,
    health,
    consoleFolder: parts.rendererDir,
    onUpgrade: (request, socket, head) => webSockets.handleUpgrade(request, socket, head),
  });
  listening = admin;
  opened.defer(announceConsole(settings.dataDir, admin.url, certFile));
  return { admin, dispatcher };
}
