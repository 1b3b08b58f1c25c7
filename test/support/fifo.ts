import { execFileSync } from 'node:child_process';

/** A FIFO: to whoever opens it without care, a file that never answers. */
export function mkfifo(path: string): void {
  execFileSync('mkfifo', [path]);
}
