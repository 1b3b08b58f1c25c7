import { join } from 'node:path';
import { closeBelow } from '../base/close-below.ts';
import { hasFileModes } from '../base/platform.ts';

/** What a console and its engines make from now on is for its own user only: folders 0700, files 0600. First of all in a process. */
export function closeWhatIsMade(): void {
  process.umask(0o077);
}

/** PostgreSQL's, which may run as another user and sees to its own; the desktop's profile, which its window is changing meanwhile. */
const NOT_OURS = /^(postgres|desktop$)/;

/**
 * Takes from everybody else what earlier versions, or a copy, left open to them in the data folder. The folder of logs is seen to by the process that
 * writes them: its disk may hang.
 *
 * @returns how many folders and files were open
 */
export function closeFolders(dataDir: string, fixLogDir: string): number {
  if (!hasFileModes()) return 0;
  return closeBelow(dataDir, (entry) => !NOT_OURS.test(entry.name) && join(dataDir, entry.name) !== fixLogDir);
}
