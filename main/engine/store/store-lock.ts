import { join } from 'node:path';
import { lockFile } from '../../base/file-lock.ts';

/** Another process, or another part of this one, writes the store. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse';
}

/**
 * Makes this the only writer of a store's folder, by a lock that ends with the process.
 *
 * @returns gives the lock up
 * @throws StoreInUse, or the file system's error
 */
export function lockStore(folder: string): () => void {
  const lock = lockFile(join(folder, 'lock'));
  if (!lock.held) throw new StoreInUse(folder);
  return lock.release;
}
