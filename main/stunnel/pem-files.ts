import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isErrno, messageOf } from '../base/errors.ts';

/** Far more than the CA bundle of a system. */
const MAX_BYTES = 8 * 1024 * 1024;
/** A file that was changed just now may be changed again within the same tick of the file system's clock. */
const SETTLED_MS = 2_000;

/**
 * What a file of certificates or keys holds. Only a regular file is read: one that a writer must feed would hold the console up.
 * Rejects with words for the operator, without the path.
 */
export async function readPem(path: string): Promise<Buffer> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new Error('it is no regular file');
      if (stats.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new Error(isErrno(error) ? (error.code ?? error.message) : messageOf(error), { cause: error });
  }
}

/** Tells the contents of files apart by their hashes; a file whose inode, size and times are the same is not read again. */
export class PemHashes {
  readonly #known = new Map<string, { readonly stamp: string; readonly hash: string }>();

  /** Never rejects: a file that cannot be read has its error instead. */
  async of(path: string): Promise<string> {
    try {
      const stats = await stat(path);
      const stamp = [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(' ');
      const known = this.#known.get(path);
      if (known?.stamp === stamp) return known.hash;
      const hash = createHash('sha256')
        .update(await readPem(path))
        .digest('hex');
      if (settled(stats)) this.#known.set(path, { stamp, hash });
      return hash;
    } catch (error) {
      return messageOf(error);
    }
  }
}

const settled = ({ mtimeMs, ctimeMs }: Stats): boolean => Date.now() - Math.max(mtimeMs, ctimeMs) > SETTLED_MS;
