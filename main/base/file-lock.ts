import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isErrno } from './errors.ts';
import { prebuildFolder } from './platform.ts';

const load = createRequire(import.meta.url);

/** The compiled part of fs-native-extensions. Throws EAGAIN where the range is locked. */
interface Locks {
  tryLock(fd: number, offset: number, length: number, exclusive: boolean): void;
}

/**
 * Its JavaScript does no more than find this file, by a resolver that costs every engine 1.7 MB and a tenth of its start; it is asked
 * where the file is not in its usual place.
 */
function loadLocks(): Locks {
  try {
    return load(`fs-native-extensions/prebuilds/${prebuildFolder()}/fs-native-extensions.node`) as Locks;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return load('fs-native-extensions/binding.js') as Locks;
  }
}

const locks = loadLocks();

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
    if (!tryLock(file)) {
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

function tryLock(file: number): boolean {
  try {
    locks.tryLock(file, LOCKED_BYTE, 1, true);
    return true;
  } catch (error) {
    if (isErrno(error) && error.code === 'EAGAIN') return false;
    throw error;
  }
}
