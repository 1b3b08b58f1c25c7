import { chmodSync, type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasFileModes } from '../base/platform.ts';

/** What a console and its engines make from now on is for its own user only: folders 0700, files 0600. First of all in a process. */
export function closeWhatIsMade(): void {
  process.umask(0o077);
}

/** What console and engines write in the folder of a provider. */
const LOGS = /^(fix|events|tunnel)\.(.+\.)?log(\.gz)?(\.\w+)?$/;
/** PostgreSQL's, which may run as another user and sees to its own; the desktop's profile, which its window is changing meanwhile. */
const NOT_OURS = /^(postgres|desktop$)/;

/**
 * Takes from everybody else what earlier versions, or a copy, left open to them in the data folder and in the log folders of providers. The
 * folder above those is left as it is unless there is nothing else in it: it may be one that others use.
 *
 * @returns how many folders and files were open
 */
export function closeFolders(dataDir: string, fixLogDir: string): number {
  if (!hasFileModes()) return 0;
  const uid = process.getuid?.() ?? -1;
  let closed = 0;
  const close = (path: string): void => {
    // What is gone meanwhile is open to nobody.
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined || stats.uid !== uid || (stats.mode & 0o077) === 0) return;
    chmodSync(path, stats.mode & 0o700);
    closed += 1;
  };
  const closeAll = (folder: string, isOurs: (entry: Dirent) => boolean): void => {
    for (const entry of entriesOf(folder)) {
      if (!isOurs(entry)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) closeAll(path, () => true);
      // Links, sockets and devices say nothing of who may read what is behind them.
      if (entry.isDirectory() || entry.isFile()) close(path);
    }
  };
  closeAll(dataDir, (entry) => !NOT_OURS.test(entry.name) && join(dataDir, entry.name) !== fixLogDir);

  const isProvider = (entry: Dirent): boolean =>
    entry.isDirectory() && entriesOf(join(fixLogDir, entry.name)).some(({ name }) => LOGS.test(name));
  const providers = entriesOf(fixLogDir).filter(isProvider);
  for (const { name } of providers) {
    closeAll(join(fixLogDir, name), (entry) => LOGS.test(entry.name));
    close(join(fixLogDir, name));
  }
  if (entriesOf(fixLogDir).length === providers.length) close(fixLogDir);
  return closed;
}

function entriesOf(folder: string): readonly Dirent[] {
  return readdirSync(folder, { withFileTypes: true });
}
