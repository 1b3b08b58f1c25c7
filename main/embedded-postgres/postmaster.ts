import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  fchownSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isErrno } from '../base/errors.ts';
import { guardChild } from '../base/guard-child.ts';
import { processTeller } from '../base/platform.ts';
import { engineEnv } from '../contracts/engine-env.ts';
import type { PostgresUser } from './postgres-user.ts';

const LOG_KEPT_BYTES = 4_000_000;

/**
 * Spawn options that run a PostgreSQL program as its user, in a session of its own: Ctrl+C is for the console, which stops the database last.
 * The console's settings stay with it: that user could read the admin token and the secret key from the server's environment.
 */
export function asUser(user: PostgresUser) {
  return { detached: true, env: engineEnv(process.env), ...(user === null ? {} : { uid: user.uid, gid: user.gid }) };
}

/** The end of a log, for a message that says why a program failed. */
export function lastLines(file: string, count: number): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.slice(-count).join('\n');
}

/** Opens a log for a program of that user: appended to, started afresh when it has grown long. */
function openLog(file: string, user: PostgresUser): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const descriptor = openSync(file, size > LOG_KEPT_BYTES ? 'w' : 'a', 0o600);
  if (user !== null) fchownSync(descriptor, user.uid, user.gid);
  return descriptor;
}

/**
 * Ends a server that a console which crashed left running on this cluster, and removes a postmaster.pid whose number another program got
 * since, or whose process has ended and is not reaped. One whose process is gone stays: PostgreSQL judges by it whether backends of the dead
 * server still write. The caller holds the data folder's lock, so no living console uses the server.
 */
export async function endLeftover(clusterDir: string, onNote: (text: string) => void): Promise<void> {
  const file = join(clusterDir, 'postmaster.pid');
  const left = readPidFile(file);
  if (left === null) return;
  const { pid } = left;
  if (runningAs(left) === 'another') rmSync(file, { force: true });
  if (runningAs(left) === 'server') await endServer(left);
  if (runningAs(left) !== 'zombie' || statSync(file, { throwIfNoEntry: false }) === undefined) return;
  // PostgreSQL takes a process that ended and was not reaped for one that runs, and would not start.
  await endBackends(clusterDir);
  rmSync(file, { force: true });
  onNote(
    `The process of the last PostgreSQL server (${pid}) has ended, but its parent does not take note of it, as happens in a container whose ` +
      'first process is no init: its lock file is removed. Run the container with an init (docker run --init)',
  );
}

async function endServer(left: PidFile): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    signalIfThere(left.pid, signal);
    for (let waited = 0; waited < 10_000; waited += 50) {
      if (runningAs(left) !== 'server') return;
      await wait(50);
    }
  }
  throw new Error(`PostgreSQL process ${left.pid}, left over on ${left.clusterDir}, cannot be ended`);
}

/** What is being ended by its guard, or by its own server, may be gone just then. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isErrno(error) || error.code !== 'ESRCH') throw error;
  }
}

/** Backends end by themselves when their server has; one that does not in time is ended, for it may still write. */
async function endBackends(clusterDir: string): Promise<void> {
  for (let waited = 0; waited < 5_000; waited += 50) {
    if (backendsOn(clusterDir).length === 0) return;
    await wait(50);
  }
  for (const pid of backendsOn(clusterDir)) signalIfThere(pid, 'SIGKILL');
  await wait(200);
  const left = backendsOn(clusterDir);
  if (left.length > 0)
    throw new Error(`Processes ${left.join(', ')} of the last PostgreSQL server still use ${clusterDir}: end them`);
}

/** Every process of a server works in its cluster's folder. */
function backendsOn(clusterDir: string): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readlinkSync(`/proc/${name}/cwd`) === realpathSync(clusterDir) ? [Number(name)] : [];
    } catch (error) {
      // Gone meanwhile, or of a user that is none of the server's.
      if (isErrno(error)) return [];
      throw error;
    }
  });
}

/** Starts the server, its output going to `logFile`. It would outlive a console that dies without a word: then it is stopped in order. */
export function spawnServer(command: string, args: readonly string[], user: PostgresUser, logFile: string): ChildProcess {
  const log = openLog(logFile, user);
  try {
    const server = spawn(command, args, { ...asUser(user), cwd: '/', stdio: ['ignore', log, log] });
    guardChild(server, 'INT', 'vfxlp-postgres-guard', user ?? {});
    return server;
  } finally {
    closeSync(log);
  }
}

/** Fast shutdown (sessions are ended, everything is written); harder after each `graceMs`. Resolves when the process is gone. */
export async function stopServer(child: ChildProcess, graceMs: number): Promise<void> {
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill(signal);
    const deadline = new AbortController();
    const ended = await Promise.race([gone.then(() => true), wait(graceMs, false, { signal: deadline.signal })]);
    deadline.abort();
    if (ended) return;
  }
  await gone;
}

interface PidFile {
  readonly pid: number;
  /** The cluster's folder, as the server was told it. */
  readonly clusterDir: string;
}

function readPidFile(file: string): PidFile | null {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
  const [first = '', clusterDir = ''] = readFileSync(file, 'utf8').split('\n');
  const pid = Number.parseInt(first, 10);
  return Number.isInteger(pid) && pid > 1 ? { pid, clusterDir } : null;
}

/** What has that process id now. Where /proc does not tell, PostgreSQL's own check has to do. */
function runningAs({ pid, clusterDir }: PidFile): 'server' | 'another' | 'zombie' | 'nothing' {
  if (processTeller(pid).from !== 'proc') return 'nothing';
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    // Also empty for a thread of the kernel.
    if (commandLine === '') return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) ? 'zombie' : 'another';
    return commandLine.split('\0').includes(clusterDir) ? 'server' : 'another';
  } catch (error) {
    if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ESRCH')) return 'nothing';
    throw error;
  }
}
