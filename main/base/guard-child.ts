import { type ChildProcess, spawn } from 'node:child_process';

/** The pipe ends without a line when its other end has died. What is meant for this process' group, as Ctrl+C in its terminal, is not for the guard. */
const GUARD = `trap '' HUP INT TERM; read -r _ || kill -s "$1" "$2"`;

/**
 * Ends a child when this process is gone, whatever ended it: a shell has the end of a pipe from here, and sends the signal when that closes. It ends
 * with the child. Where there is no such shell, there is no guard: the child is stopped in the ordinary way, or by whoever finds it.
 *
 * @param name of the guard, in the list of processes
 * @param user that the child runs as, where it is another
 */
export function guardChild(
  child: ChildProcess,
  signal: 'KILL' | 'INT',
  name: string,
  user: { readonly uid?: number; readonly gid?: number } = {},
): void {
  if (child.pid === undefined) return;
  // Where no more descriptors are to be had, it has no standard input, either.
  const guard: ChildProcess = spawn('/bin/sh', ['-c', GUARD, name, signal, String(child.pid)], {
    ...user,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  guard.on('error', () => guard.stdin?.destroy());
  guard.stdin?.on('error', () => guard.stdin?.destroy());
  // A number that was the child's may be another process' next.
  child.once('exit', () => guard.stdin?.end('\n'));
}
