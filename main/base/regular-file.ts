import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
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
  /** Whether the version can be relied on: a file that was changed just now may be changed again within one tick of the file system's clock. */
  readonly settled: boolean;
  read(): Promise<Buffer>;
}

const SETTLED_MS = 2_000;

/**
 * Opens a file that somebody has named in a configuration, for the time of `use`. Never waits for a writer, as the reader of a pipe does, takes
 * no device, and holds up no thread of the caller's.
 *
 * @throws Error with a sentence that says nothing of what is in the file, and has no path
 */
export async function withRegularFile<T>(
  path: string,
  { folders, maxBytes }: FileRule,
  use: (file: RegularFile) => T | Promise<T>,
): Promise<T> {
  const file = await opened(path, folders);
  try {
    const { size, dev, ino, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = await regular(file);
    if (size > maxBytes) throw new Error(`it has ${size} bytes; at most ${maxBytes} are read`);
    const changedAtMs = Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
    return await use({
      version: `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`,
      settled: Date.now() - changedAtMs > SETTLED_MS,
      read: () => readAll(file, Number(size)),
    });
  } finally {
    await file.close();
  }
}

async function opened(path: string, folders: readonly string[] | null): Promise<FileHandle> {
  try {
    const real = await realpath(path);
    if (folders !== null && !(await liesBelow(real, folders))) {
      throw new Error(`it does not lie below ${folders.join(' or ')}`);
    }
    const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0, O_NOCTTY = 0 } = constants;
    const file = await open(real, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    try {
      // A folder on the way may have been changed for a link meanwhile.
      const { dev, ino } = await file.stat();
      const named = await stat(real);
      if ((await realpath(real)) === real && named.dev === dev && named.ino === ino) return file;
      throw new Error('it was changed while it was opened');
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    throw isErrno(error) ? new Error(sentenceOf(error.code ?? ''), { cause: error }) : error;
  }
}

async function liesBelow(real: string, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) {
    const above = await realpath(folder);
    if (real.startsWith(above.endsWith(sep) ? above : above + sep)) return true;
  }
  return false;
}

async function regular(file: FileHandle) {
  const stats = await file.stat({ bigint: true });
  if (stats.isFile()) return stats;
  throw new Error('it is no regular file');
}

/** No more than it had when it was opened. */
async function readAll(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

function sentenceOf(code: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return "the console's user may not read it";
  if (code === 'ELOOP') return 'it is a link that leads nowhere';
  return `it cannot be opened (${code})`;
}
