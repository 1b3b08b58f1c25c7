import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fchownSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PostgresUser } from './postgres-user.ts';

const LOG_KEPT_BYTES = 4_000_000;

/** Spawn options that run a PostgreSQL program as its user, in a session of its own: Ctrl+C is for the console, which stops the database last. */
export function asUser(user: PostgresUser) {
  return { detached: true, ...(user === null ? {} : { uid: user.uid, gid: user.gid }) };
}

/** The end of a log, for a message that says why a program failed. */
export function lastLines(file: string, count: number): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.slice(-count).join('\n');
}

/** Opens a log for a program of that user: appended to, started afresh when it has grown long. */
export function openLog(file: string, user: PostgresUser): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const descriptor = openSync(file, size > LOG_KEPT_BYTES ? 'w' : 'a', 0o600);
  if (user !== null) fchownSync(descriptor, user.uid, user.gid);
  return descriptor;
}

/**
 * Ends a server that a console which crashed left running on this cluster, and removes a postmaster.pid that names another program.
 * The caller holds the data folder's lock, so no living console uses it.
 */
export async function endLeftover(clusterDir: string): Promise<void> {
  const file = join(clusterDir, 'postmaster.pid');
  const pid = readPid(file);
  if (pid === null) return;
  if (!isServerOf(pid, clusterDir)) {
    // PostgreSQL itself takes any living process with this number for its predecessor and would refuse to start.
    if (process.platform === 'linux') rmSync(file, { force: true });
    return;
  }
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    process.kill(pid, signal);
    for (let waited = 0; waited < 10_000; waited += 50) {
      if (!isServerOf(pid, clusterDir)) return;
      await wait(50);
    }
  }
  throw new Error(`PostgreSQL process ${pid}, left over on ${clusterDir}, cannot be ended`);
}

/** Starts the server, its output going to `logFile`. */
export function spawnServer(command: string, args: readonly string[], user: PostgresUser, logFile: string): ChildProcess {
  const log = openLog(logFile, user);
  try {
    return spawn(command, args, { ...asUser(user), cwd: '/', stdio: ['ignore', log, log] });
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

function readPid(file: string): number | null {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}

/** Whether the process is a PostgreSQL server on this cluster. Where /proc does not tell, PostgreSQL's own check has to do. */
function isServerOf(pid: number, clusterDir: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(clusterDir);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return false;
    throw error;
  }
}
