import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { isErrno, messageOf } from '../../base/errors.ts';
import { type FolderState, stateOfFolder } from '../../base/folder-state.ts';
import { parentPort } from '../../base/parent-port.ts';
import { hasPrivateSockets } from '../../base/platform.ts';
import { provider as providerName } from '../../contracts/config-rules.ts';
import type { LogQuota } from '../log-quota.ts';
import { openingOf } from '../log-wire.ts';
import { closeLogFolders } from './close-log-folders.ts';
import { LineReceiver } from './line-receiver.ts';
import { LogFiles, type OpenFile } from './log-files.ts';

/**
 * The process that writes the logs of all LPs. A disk that hangs holds up whoever writes to it, beyond any signal: this process, then, and no
 * engine, no session and not the console. It ends when the console has gone, and everybody who writes with it.
 */

export type ServerCommand =
  /** @property socket where it listens; logDir holds one folder per provider */
  | { readonly type: 'open'; readonly socket: string; readonly logDir: string; readonly quota: LogQuota }
  | { readonly type: 'ping'; readonly n: number }
  /** Answered by `folder`. */
  | { readonly type: 'look' }
  /** No line comes any more: it ends when what has come is written. */
  | { readonly type: 'end' };

export type ServerReport =
  | { readonly type: 'pong'; readonly n: number }
  /** Of the folder of logs. */
  | { readonly type: 'folder'; readonly found: FolderState }
  /** Of a provider's logs. */
  | { readonly type: 'error' | 'note'; readonly provider: string; readonly text: string }
  /** Of this process. */
  | { readonly type: 'problem'; readonly text: string };

/** Lines are brought to the file so soon, or when there are so many. */
const BATCH_MS = 50;
const BATCH_BYTES = 256 * 1024;
/** What is beyond the quota is looked for. */
const SWEEP_MS = 3_600_000;
/** The console knows its LPs by then, and can tell their operators. */
const FIRST_SWEEP_MS = 5_000;
/** What waits for the disk of what one connection has brought; beyond that it is not read. */
const MAX_WAITING_BYTES = 1024 * 1024;

let logFolder = '';
let server: Server | null = null;
let open = 0;
let ending = false;
const parent = parentPort<ServerCommand, ServerReport>();

function report(said: ServerReport): void {
  parent?.send(said);
}

function endIfDone(): void {
  if (ending && open === 0) process.exit(0);
}

function serve(socket: Socket, files: LogFiles): void {
  open += 1;
  let file: OpenFile | null = null;
  let batch: Buffer[] = [];
  let batchBytes = 0;
  let timer: NodeJS.Timeout | null = null;
  let waitingBytes = 0;
  let doneBytes = 0;
  let closed = false;
  const closeIfDone = (): void => {
    if (!closed || waitingBytes > 0) return;
    closed = false;
    file?.close();
    open -= 1;
    endIfDone();
  };
  const put = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (batchBytes === 0) return;
    const bytes = batch.length === 1 && batch[0] !== undefined ? batch[0] : Buffer.concat(batch, batchBytes);
    batch = [];
    batchBytes = 0;
    waitingBytes += bytes.length;
    if (waitingBytes > MAX_WAITING_BYTES) socket.pause();
    const done = (): void => {
      waitingBytes -= bytes.length;
      doneBytes += bytes.length;
      if (socket.writable) socket.write(`${doneBytes}\n`);
      if (waitingBytes <= MAX_WAITING_BYTES) socket.resume();
      closeIfDone();
    };
    file?.put({ bytes, done });
  };
  const receiver = new LineReceiver(
    (text) => {
      const opening = openingOf(text);
      if (opening === null || (opening.log !== null && !providerName.safeParse(opening.provider).success))
        throw new Error(`it opened ${JSON.stringify(text.slice(0, 200))}, which is no log of an LP`);
      file = files.open(opening);
    },
    (chunks, bytes) => {
      batch.push(...chunks);
      batchBytes += bytes;
      if (batchBytes >= BATCH_BYTES) put();
      else timer ??= setTimeout(put, BATCH_MS);
    },
  );
  socket.on('data', (bytes) => {
    try {
      receiver.push(bytes);
    } catch (error) {
      report({ type: 'problem', text: `a writer of logs was turned away: ${messageOf(error)}` });
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
  // Whoever wrote has ended; what it has sent is all there.
  socket.on('close', () => {
    put();
    closed = true;
    closeIfDone();
  });
}

function start({ socket, logDir, quota }: Extract<ServerCommand, { type: 'open' }>): void {
  logFolder = logDir;
  const files = new LogFiles(logDir, quota, (provider, kind, text) => report({ type: kind, provider, text }));
  closeFolder(logDir);
  setTimeout(() => void files.sweep(), FIRST_SWEEP_MS).unref();
  setInterval(() => void files.sweep(), SWEEP_MS).unref();
  // Left behind by one that was ended by force. A pipe of Windows goes with its process.
  if (hasPrivateSockets()) rmSync(socket, { force: true });
  server = createServer((connection) => serve(connection, files));
  server.on('error', (error) => {
    report({ type: 'problem', text: `it cannot listen: ${error.message}` });
    process.exit(1);
  });
  server.listen(socket);
}

function closeFolder(logDir: string): void {
  try {
    const wereOpen = closeLogFolders(logDir);
    if (wereOpen > 0)
      report({
        type: 'problem',
        text: `${wereOpen} folders and files of logs could be read by others of this machine; now they cannot`,
      });
  } catch (error) {
    // There are no logs yet.
    if (isErrno(error) && error.code === 'ENOENT') return;
    report({ type: 'problem', text: `it cannot be told whether others of this machine can read the logs: ${messageOf(error)}` });
  }
}

function end(): void {
  ending = true;
  server?.close();
  endIfDone();
}

function obey(command: ServerCommand): void {
  switch (command.type) {
    case 'open':
      start(command);
      break;
    case 'ping':
      report({ type: 'pong', n: command.n });
      break;
    case 'look':
      void stateOfFolder({ name: 'FIX log folder', path: logFolder }).then((found) => report({ type: 'folder', found }));
      break;
    case 'end':
      end();
      break;
    default:
      command satisfies never;
  }
}

// Signals to the whole group are the console's to act upon: engines have still to log out.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
parent?.onCommand(obey);
// A utility process is told to end, and has no such channel.
process.on('disconnect', end);
