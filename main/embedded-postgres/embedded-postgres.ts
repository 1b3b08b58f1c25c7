import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { backoffMs } from '../base/backoff.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { freePort } from '../base/free-port.ts';
import { readOrCreateSecret } from '../base/secret-file.ts';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { blockingFolder, findPostgresUser, type PostgresUser } from './postgres-user.ts';
import { asUser, endLeftover, lastLines, spawnServer, stopServer } from './postmaster.ts';

const SUPERUSER = 'vfxlp';
const DATABASE = 'postgres';
const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 15_000;
const RESTART = { baseMs: 250, factor: 2, capMs: 10_000 };

export interface EmbeddedPostgres {
  /** postgres://… with the password; stays the same as long as this server runs, over its crashes too. */
  readonly url: string;
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
  readonly clock?: Clock;
}

/**
 * A real PostgreSQL of the console's own, under `dataDir`: made once, listening on a loopback port with a generated password, started again
 * when it dies. While it runs `<dataDir>/database-url` (mode 0600) holds its URL: `psql "$(cat <dataDir>/database-url)"`. The caller holds the
 * lock of the folder: two servers on one cluster would end each other.
 * @throws Error saying why PostgreSQL did not start, with the end of its log
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, serverArgs = [], clock = systemClock, onNote = () => undefined } = options;
  mkdirSync(dataDir, { recursive: true });
  const clusterDir = join(dataDir, 'postgres');
  const logFile = join(dataDir, 'postgres.log');
  const user = findPostgresUser(clusterDir);
  openTheWay(dataDir, user);
  const binaries = findPostgresBinaries(dataDir, user);
  const password = readOrCreateSecret(join(dataDir, 'postgres-password'));
  if (!existsSync(clusterDir)) await makeCluster(binaries, clusterDir, user, password);
  await endLeftover(clusterDir);

  const port = await freePort();
  const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}`;
  const flags = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
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
      restart = endLeftover(clusterDir)
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
  const urlFile = join(dataDir, 'database-url');
  writeFileSync(urlFile, `${url}\n`, { mode: 0o600 });
  // The last line of defence when something ends the process without the ordered stop.
  const onExit = () => void current.kill('SIGINT');
  process.once('exit', onExit);
  return {
    url,
    pid: () => (current.exitCode === null && current.signalCode === null ? (current.pid ?? null) : null),
    stop: async () => {
      stopping = true;
      cancelRestart();
      await restart;
      await stopServer(current, STOP_GRACE_MS);
      process.off('exit', onExit);
      rmSync(urlFile, { force: true });
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

/** initdb, in a folder beside it that takes its name when all is done: what is interrupted is never taken for a cluster. */
async function makeCluster(binaries: PostgresBinaries, clusterDir: string, user: PostgresUser, password: string): Promise<void> {
  const making = `${clusterDir}.new`;
  const passwordFile = `${clusterDir}.password`;
  rmSync(making, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(making, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
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
  } catch (error) {
    // 28P01: it runs, and the password file is not the one it was set up with; waiting would not help.
    if (error instanceof pg.DatabaseError && error.code === '28P01') {
      throw new Error(
        'The embedded PostgreSQL does not accept the password in postgres-password: restore that file from a backup',
      );
    }
    return false;
  } finally {
    await client.end();
  }
}
