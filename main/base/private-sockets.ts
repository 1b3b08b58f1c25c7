import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the address of a Unix socket holds, without the NUL at its end: 103 bytes on macOS, 107 on Linux. */
const MAX_PATH_BYTES = 103;

/** Where sockets of a console's own lie that no other user may reach: each in a folder of its own with mode 0700, which mkdtemp gives it. */
export class PrivateSockets {
  readonly #base: string;

  /**
   * @param name of the folder for them in the data folder; what is left in it is removed
   * @throws the file system's error when the folder cannot be made
   */
  constructor(dataDir: string, name: string) {
    const folder = join(dataDir, name);
    const fits = Buffer.byteLength(socketIn(join(folder, 'XXXXXX'))) <= MAX_PATH_BYTES;
    this.#base = fits ? join(folder, '/') : join(tmpdir(), 'vfxlp-');
    if (!fits) return;
    // What processes left behind that were ended by force.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** @throws the file system's error */
  make(): { readonly path: string; readonly remove: () => void } {
    const folder = mkdtempSync(this.#base);
    return { path: socketIn(folder), remove: () => rmSync(folder, { recursive: true, force: true }) };
  }
}

/** On Windows: a named pipe that cannot be guessed, which other users may not write to. */
export const privatePipe = (): string => `\\\\.\\pipe\\vfxlp-${randomBytes(16).toString('hex')}`;

const socketIn = (folder: string): string => join(folder, 's');
