import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { backoffMs } from '../base/backoff.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { freePort } from '../base/free-port.ts';
import { hasPrivateSockets } from '../base/platform.ts';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { blockingFolder, findPostgresUser, type PostgresUser } from './postgres-user.ts';
import { asUser, endLeftover, lastLines, spawnServer, stopServer } from './postmaster.ts';
import { CONSOLE, DATABASE, OWNER, SUPERUSER, setUpRoles } from './roles.ts';
import { makeSocketFolder, SOCKET_PORT } from './socket-folder.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 15_000;
const RESTART = { baseMs: 250, factor: 2, capMs: 10_000 };

export interface EmbeddedPostgres {
  /** postgres://… of the role that the console runs as; stays the same as long as this server runs, over its crashes too. */
  readonly url: string;
  /** The same of the role that owns the tables. */
  readonly ownerUrl: string;
  /** Process id of the running server; null while it is being started again. */
  pid(): number | null;
  /** Ends the server in order; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** Told when the server ended unexpectedly, and how its restart went: for the log. */
  readonly onNote?: (text: string) => void;
  /** Further arguments of the server. */
  readonly serverArgs?: readonly string[];
  /** socket: in a folder that no other user may pass. tcp: on a loopback port, where the system has no such sockets. */
  readonly listen?: 'socket' | 'tcp';
  /** Statements that a superuser runs before the server listens, each ending with a semicolon and an empty line. */
  readonly asSuperuser?: string;
  readonly clock?: Clock;
}

/**
 * A real PostgreSQL of the console's own, under `dataDir`: made once, on a private socket, with passwords of this start for two roles neither of
 * which is a superuser, started again when it dies. While it runs `<dataDir>/database-url` and `database-owner-url` (mode 0600) hold the URLs of
 * these: `psql "$(cat <dataDir>/database-url)"`. The caller holds the lock of the folder: two servers on one cluster would end each other.
 * @throws Error saying why PostgreSQL did not start, with the end of its log
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, serverArgs = [], asSuperuser = '', clock = systemClock, onNote = () => undefined } = options;
  const { listen = hasPrivateSockets() ? 'socket' : 'tcp' } = options;
  mkdirSync(dataDir, { recursive: true });
  const clusterDir = join(dataDir, 'postgres');
  const logFile = join(dataDir, 'postgres.log');
  const user = findPostgresUser(clusterDir);
  openTheWay(dataDir, user);
  const binaries = findPostgresBinaries(dataDir, user);
  if (existsSync(clusterDir)) checkVersion(clusterDir, binaries);
  else await makeCluster(binaries, clusterDir, user);
  await endLeftover(clusterDir, onNote);
  const passwords = { owner: secret(), console: secret() };
  await setUpRoles(binaries, clusterDir, user, passwords, asSuperuser);
  // Of consoles whose superuser had a password that never changed.
  rmSync(join(dataDir, 'postgres-password'), { force: true });

  const socketFolder = listen === 'socket' ? makeSocketFolder(dataDir, user) : null;
  const port = socketFolder === null ? await freePort() : SOCKET_PORT;
  const host = socketFolder === null ? `127.0.0.1:${port}` : encodeURIComponent(socketFolder);
  const url = `postgres://${CONSOLE}:${passwords.console}@${host}/${DATABASE}`;
  const ownerUrl = `postgres://${OWNER}:${passwords.owner}@${host}/${DATABASE}`;
  const flags = [
    `listen_addresses=${socketFolder === null ? '127.0.0.1' : ''}`,
    `unix_socket_directories=${socketFolder === null ? '' : `"${socketFolder.replaceAll('"', '""')}"`}`,
    'unix_socket_permissions=0700',
    'max_connections=60',
    'timezone=UTC',
    'log_timezone=UTC',
  ];
  const args = ['-D', clusterDir, '-p', String(port), ...flags.flatMap((flag) => ['-c', flag]), ...serverArgs];
  let stopping = false;
  let failures = 0;
  let cancelRestart: () => void = () => undefined;

  const launch = async () => {
    const child = spawnServer(binaries.postgres, args, user, logFile);
    const died = new Promise<string>((tell) => {
      child.once('error', (error) => tell(error.message));
      child.once('exit', (code, signal) => tell(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
    try {
      await untilReady(url, died, logFile, () => stopping);
    } catch (error) {
      await stopServer(child, STOP_GRACE_MS);
      throw error;
    }
    failures = 0;
    void died.then((how) => {
      if (stopping) return;
      onNote(`PostgreSQL ended unexpectedly (${how}); it is started again`);
      again();
    });
    return child;
  };
  const again = () => {
    cancelRestart = clock.after(backoffMs(RESTART, failures), () => {
      restart = endLeftover(clusterDir, onNote)
        .then(launch)
        .then(
          (child) => {
            current = child;
            onNote('PostgreSQL runs again');
          },
          (error: unknown) => {
            failures += 1;
            onNote(messageOf(error));
            if (!stopping) again();
          },
        );
    });
  };

  let restart: Promise<void> = Promise.resolve();
  let current = await launch();
  const urlFiles = [
    [join(dataDir, 'database-url'), url],
    [join(dataDir, 'database-owner-url'), ownerUrl],
  ] as const;
  for (const [file, text] of urlFiles) writeFileSync(file, `${text}\n`, { mode: 0o600 });
  // The last line of defence when something ends the process without the ordered stop.
  const onExit = () => void current.kill('SIGINT');
  process.once('exit', onExit);
  return {
    url,
    ownerUrl,
    pid: () => (current.exitCode === null && current.signalCode === null ? (current.pid ?? null) : null),
    stop: async () => {
      stopping = true;
      cancelRestart();
      await restart;
      await stopServer(current, STOP_GRACE_MS);
      process.off('exit', onExit);
      for (const [file] of urlFiles) rmSync(file, { force: true });
      if (socketFolder !== null) rmSync(socketFolder, { recursive: true, force: true });
    },
  };
}

/** The server's user must be able to pass through the data folder; folders above it are not ours to open. */
function openTheWay(dataDir: string, user: PostgresUser): void {
  if (user === null) return;
  chmodSync(dataDir, 0o711);
  const blocked = blockingFolder(join(dataDir, 'postgres'), user);
  if (blocked === null) return;
  throw new Error(
    `PostgreSQL does not run as root, and the user that it runs as (uid ${user.uid}) may not pass through ${blocked}: ` +
      `set VFXLP_DATA_DIR to a folder outside of it, or run chmod o+x ${blocked}`,
  );
}

const secret = (): string => randomBytes(24).toString('base64url');

/** @throws Error with what to do when the cluster is of another major version than the programs */
function checkVersion(clusterDir: string, { major }: PostgresBinaries): void {
  const made = Number.parseInt(readFileSync(join(clusterDir, 'PG_VERSION'), 'utf8'), 10);
  if (made === major) return;
  const what =
    made < major
      ? `start the console that made it once more and save its rows with pg_dump, then move ${clusterDir} aside, start this one, and restore them`
      : 'start the newer console that made it';
  throw new Error(
    `The data in ${clusterDir} is of PostgreSQL ${made}, and this console brings PostgreSQL ${major}, which cannot read it: ` +
      `${what}; or set VFXLP_DATABASE_URL to a server that has them`,
  );
}

/**
 * initdb, in a folder beside it that takes its name when all is done: what is interrupted is never taken for a cluster. The superuser's password
 * is forgotten with it: its role may not log in before the server listens for the first time.
 */
async function makeCluster(binaries: PostgresBinaries, clusterDir: string, user: PostgresUser): Promise<void> {
  const making = `${clusterDir}.new`;
  const passwordFile = `${clusterDir}.password`;
  rmSync(making, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(making, { mode: 0o700 });
  writeFileSync(passwordFile, `${secret()}\n`, { mode: 0o600 });
  if (user !== null) for (const path of [making, passwordFile]) chownSync(path, user.uid, user.gid);
  const args = ['-D', making, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    await promisify(execFile)(binaries.initdb, [...args, ...locale], { ...asUser(user), cwd: '/' });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`The embedded PostgreSQL could not be set up in ${clusterDir}: ${said === '' ? String(error) : said}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(making, clusterDir);
}

async function untilReady(url: string, died: Promise<string>, logFile: string, givenUp: () => boolean): Promise<void> {
  let end: string | null = null;
  void died.then((how) => {
    end = how;
  });
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += 50) {
    if (end !== null) throw new Error(`PostgreSQL did not start (${end}). The end of ${logFile}:\n${lastLines(logFile, 8)}`);
    if (givenUp()) throw new Error('PostgreSQL was stopped while it started');
    if (await answers(url)) return;
    await new Promise((next) => setTimeout(next, 50));
  }
  throw new Error(
    `PostgreSQL did not answer within ${START_TIMEOUT_MS / 1000} s. The end of ${logFile}:\n${lastLines(logFile, 8)}`,
  );
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    // It is not ready yet, and its log says why when it never is.
    return false;
  } finally {
    await client.end();
  }
}
