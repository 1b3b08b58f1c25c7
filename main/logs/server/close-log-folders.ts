import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { closeBelow, closePath, entriesOf } from '../../base/close-below.ts';
import { hasFileModes } from '../../base/platform.ts';

/** What console and engines write in the folder of a provider. */
const LOGS = /^(fix|events|tunnel)\.(.+\.)?log(\.gz)?(\.\w+)?$/;

/**
 * Takes from everybody else what earlier versions, or a copy, left open to them in the log folders of providers. The folder above those is left as it
 * is unless there is nothing else in it: it may be one that others use.
 *
 * @returns how many folders and files were open
 * @throws the file system's error
 */
export function closeLogFolders(fixLogDir: string): number {
  if (!hasFileModes()) return 0;
  const isProvider = (entry: Dirent): boolean =>
    entry.isDirectory() && entriesOf(join(fixLogDir, entry.name)).some(({ name }) => LOGS.test(name));
  const entries = entriesOf(fixLogDir);
  const providers = entries.filter(isProvider);
  let closed = 0;
  for (const { name } of providers) {
    closed += closeBelow(join(fixLogDir, name), (entry) => LOGS.test(entry.name));
    closed += closePath(join(fixLogDir, name));
  }
  return entries.length === providers.length ? closed + closePath(fixLogDir) : closed;
}
