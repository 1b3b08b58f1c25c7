import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { isErrno } from './errors.ts';

export interface FileRule {
  /** The file must lie below one of them, wherever links lead; null: anywhere. */
  readonly folders: readonly string[] | null;
  readonly maxBytes: number;
}

export interface RegularFile {
  /** Another one when the file has changed, or another has its name. */
  readonly version: string;
  read(): Buffer;
}

/**
 * Opens a file that somebody has named in a configuration, for the time of `use`. Never waits for a writer, as the reader of a pipe does, and
 * takes no device.
 *
 * @throws Error with a sentence that says nothing of what is in the file
 */
export function withRegularFile<T>(path: string, { folders, maxBytes }: FileRule, use: (file: RegularFile) => T): T {
  const fd = opened(path, folders);
  try {
    const { size, dev, ino, mtimeNs, ctimeNs } = regular(fd);
    if (size > maxBytes) throw new Error(`it has ${size} bytes; at most ${maxBytes} are read`);
    return use({ version: `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`, read: () => readAll(fd, maxBytes) });
  } finally {
    closeSync(fd);
  }
}

function opened(path: string, folders: readonly string[] | null): number {
  try {
    const real = realpathSync(path);
    if (folders !== null && !folders.some((folder) => isBelow(real, folder))) {
      throw new Error(`it does not lie below ${folders.join(' or ')}`);
    }
    const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0, O_NOCTTY = 0 } = constants;
    const fd = openSync(real, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    // A folder on the way may have been changed for a link meanwhile.
    const { dev, ino } = fstatSync(fd);
    const named = statSync(real);
    if (realpathSync(real) === real && named.dev === dev && named.ino === ino) return fd;
    closeSync(fd);
    throw new Error('it was changed while it was opened');
  } catch (error) {
    throw isErrno(error) ? new Error(sentenceOf(error.code ?? ''), { cause: error }) : error;
  }
}

function isBelow(real: string, folder: string): boolean {
  const above = realpathSync.native(folder);
  return real.startsWith(above.endsWith(sep) ? above : above + sep);
}

function regular(fd: number) {
  const stats = fstatSync(fd, { bigint: true });
  if (stats.isFile()) return stats;
  throw new Error('it is no regular file');
}

function readAll(fd: number, maxBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.min(maxBytes, Number(fstatSync(fd).size)));
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(fd, bytes, done, bytes.length - done, done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

function sentenceOf(code: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return "the console's user may not read it";
  if (code === 'ELOOP') return 'it is a link that leads nowhere';
  return `it cannot be opened (${code})`;
}
