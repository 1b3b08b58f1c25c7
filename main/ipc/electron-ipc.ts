import { ipcMain, type WebContents } from 'electron';
import type { Actor } from '../contracts/audit.ts';
import { ELECTRON_CHANNEL_PREFIX, type FixLogBatch, type PushChannel, type Pushes, REQUEST_CHANNELS } from '../contracts/ipc.ts';
import { fail } from '../contracts/result.ts';
import type { ConsoleFeed } from '../operations/console-feed.ts';
import type { Log } from '../operations/ports.ts';
import { Connection } from './connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { TailFactory } from './ports.ts';
import { isTrustedSender } from './sender.ts';

export interface ElectronIpcParts {
  readonly dispatcher: Dispatcher;
  readonly feed: Pick<ConsoleFeed, 'subscribe'>;
  readonly tails: TailFactory;
  /** Who sits at this machine. */
  readonly actor: Actor;
  /** URL of the renderer's page as the windows load it. */
  readonly rendererUrl: string;
  readonly log: Log;
}

export interface ElectronIpc {
  /** Serves a window: call before it loads the page. Ends with the window. */
  attach(contents: WebContents): void;
  /** While a window is held it gets no pushes: it sees the gap in the counters later and asks for a snapshot. */
  hold(contents: WebContents, held: boolean): void;
  close(): Promise<void>;
}

/** The contract over Electron IPC: one `ipcMain.handle` per channel, pushes by `webContents.send`. */
export function startElectronIpc(parts: ElectronIpcParts): ElectronIpc {
  const { dispatcher, feed, tails, actor, rendererUrl, log } = parts;
  const connections = new Map<WebContents, Connection>();

  /** Windows that do not read now. What is sent to one would wait in this process without end. */
  const held = new Set<WebContents>();

  const push = <C extends PushChannel>(contents: WebContents, channel: C, payload: Pushes[C]): void => {
    if (!contents.isDestroyed() && !held.has(contents)) contents.send(ELECTRON_CHANNEL_PREFIX + channel, payload);
  };
  const end = async (connection: Connection): Promise<void> => {
    try {
      await connection.close();
    } catch (error) {
      log.error({ err: error }, 'A log tail could not be closed');
    }
  };
  const connect = (contents: WebContents): void => {
    const lines = (batch: FixLogBatch): void => push(contents, 'fixlog.lines', batch);
    connections.set(contents, new Connection(actor, tails, lines, () => !held.has(contents)));
  };

  for (const channel of REQUEST_CHANNELS) {
    ipcMain.handle(ELECTRON_CHANNEL_PREFIX + channel, (event, args: unknown, notAfterMs: unknown) => {
      const connection = connections.get(event.sender);
      if (connection === undefined || !isTrustedSender(event.senderFrame, rendererUrl)) {
        log.warn({ channel, url: event.senderFrame?.url }, 'Request of an untrusted sender refused');
        return fail('user', 'untrusted-sender', 'Only the console window may ask for this.');
      }
      return dispatcher.dispatch(channel, args, connection, notAfterMs);
    });
  }
  const unsubscribe = feed.subscribe({
    delta: (delta) => {
      for (const contents of connections.keys()) push(contents, 'console.delta', delta);
    },
    timeline: (events) => {
      for (const contents of connections.keys()) push(contents, 'timeline', events);
    },
  });

  return {
    attach(contents) {
      connect(contents);
      // A reload starts a page that knows nothing of the tails that the page before it opened.
      contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
        const before = connections.get(contents);
        if (!isMainFrame || isSameDocument || before === undefined) return;
        connect(contents);
        void end(before);
      });
      contents.once('destroyed', () => {
        const connection = connections.get(contents);
        connections.delete(contents);
        held.delete(contents);
        if (connection !== undefined) void end(connection);
      });
    },
    hold(contents, isHeld) {
      if (isHeld) held.add(contents);
      else held.delete(contents);
    },
    async close() {
      unsubscribe();
      for (const channel of REQUEST_CHANNELS) ipcMain.removeHandler(ELECTRON_CHANNEL_PREFIX + channel);
      const open = [...connections.values()];
      connections.clear();
      await Promise.all(open.map(end));
    },
  };
}
