import { join } from 'node:path';
import { lockFile } from '../base/file-lock.ts';

/** Another console runs on the same data folder. */
class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
}

/**
 * Makes this process the only console on a data folder, by a lock that ends with the process: a crash leaves nothing behind that has to be
 * judged stale.
 *
 * @returns gives the lock up
 * @throws DataFolderInUse naming the other process, or the file system's error
 */
export function lockDataFolder(dataDir: string): () => void {
  const lock = lockFile(join(dataDir, 'console.lock'));
  if (lock.held) return lock.release;
  const who = lock.holder === null ? 'another process' : `process ${lock.holder}`;
  throw new DataFolderInUse(
    `Another console (${who}) runs on the data folder ${dataDir}: stop it, or give this one its own VFXLP_DATA_DIR`,
  );
}
