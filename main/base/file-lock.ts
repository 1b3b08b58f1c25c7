import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { tryLock } from 'fs-native-extensions';

/** Beyond what is written, which whoever is refused must be able to read: some systems lock a range against reading, too. */
const LOCKED_BYTE = 2 ** 30;

export type FileLock =
  | { readonly held: true; readonly release: () => void }
  /** Another process, or another part of this one, has it. `holder`: its process id, where the file tells. */
  | { readonly held: false; readonly holder: number | null };

/**
 * Locks a file, which is made if need be and stays. The operating system holds the lock and takes it off when the process ends, however
 * it ends; it is the same for every version of Node and Electron, and, where the file system can, for every machine that shares the folder.
 *
 * @throws the file system's error
 */
export function lockFile(path: string): FileLock {
  const file = openSync(path, 'a+', 0o600);
  try {
    if (!tryLock(file, LOCKED_BYTE, 1)) {
      const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
      closeSync(file);
      return { held: false, holder: Number.isNaN(pid) ? null : pid };
    }
    ftruncateSync(file);
    writeSync(file, `${process.pid}\n`);
    return { held: true, release: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
