import { createHash } from 'node:crypto';
import { messageOf } from '../base/errors.ts';
import { type RegularFile, withRegularFile } from '../base/regular-file.ts';

/** Anywhere; far more than the CA bundle of a system. */
const PEM = { folders: null, maxBytes: 8 * 1024 * 1024 };

/** What a file of certificates or keys holds. Rejects with words for the operator, without the path. */
export const readPem = (path: string): Promise<Buffer> => withRegularFile(path, PEM, ({ read }) => read());

/** Tells the contents of files apart by their hashes; a file whose version is the same is not read again. */
export class PemHashes {
  readonly #known = new Map<string, { readonly version: string; readonly hash: string }>();

  /** Never rejects: a file that cannot be read has its error instead. */
  async of(path: string): Promise<string> {
    try {
      return await withRegularFile(path, PEM, (file) => this.#hash(path, file));
    } catch (error) {
      return messageOf(error);
    }
  }

  async #hash(path: string, { version, settled, read }: RegularFile): Promise<string> {
    const known = this.#known.get(path);
    if (known?.version === version) return known.hash;
    const hash = createHash('sha256')
      .update(await read())
      .digest('hex');
    if (settled) this.#known.set(path, { version, hash });
    return hash;
  }
}
