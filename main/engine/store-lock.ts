import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** Another process, or another part of this one, writes the store. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse';
}

/**
 * Makes this the only writer of a store's folder. The lock is the one that SQLite takes on an empty file there: the system takes it off when
 * the process ends, however it ends, and it holds between machines that share the folder.
 *
 * @returns gives the lock up
 * @throws StoreInUse, or the file system's error
 */
export function lockStore(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) throw new StoreInUse(folder);
    throw error;
  }
  return () => database.close();
}
