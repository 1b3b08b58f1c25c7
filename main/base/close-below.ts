import { chmodSync, type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes from everybody else what is below a folder, folders and files; links, sockets and devices say nothing of who may read what is behind them.
 *
 * @param isOurs whether an entry of the folder itself is
 * @returns how many folders and files were open
 */
export function closeBelow(folder: string, isOurs: (entry: Dirent) => boolean): number {
  let closed = 0;
  for (const entry of entriesOf(folder)) {
    if (!isOurs(entry)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) closed += closeBelow(path, () => true);
    if (entry.isDirectory() || entry.isFile()) closed += closePath(path);
  }
  return closed;
}

/** @returns 1 when it was open, else 0 */
export function closePath(path: string): number {
  // What is gone meanwhile is open to nobody.
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.uid !== process.getuid?.() || (stats.mode & 0o077) === 0) return 0;
  chmodSync(path, stats.mode & 0o700);
  return 1;
}

export function entriesOf(folder: string): readonly Dirent[] {
  return readdirSync(folder, { withFileTypes: true });
}
