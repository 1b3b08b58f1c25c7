import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readIfThere, writeDurably } from '../base/durable-file.ts';
import { maxSocketPathBytes } from '../base/platform.ts';
import type { PostgresUser } from './postgres-user.ts';

const MAX_PATH_BYTES = maxSocketPathBytes();
/** Names the socket; a folder has one server. */
export const SOCKET_PORT = 5432;
const PREFIX = 'vfxlp-pg-';

const fits = (dir: string): boolean => Buffer.byteLength(join(dir, `.s.PGSQL.${SOCKET_PORT}`)) <= MAX_PATH_BYTES;

/**
 * A folder for the server's socket that nobody else may pass: in the data folder, or, where its path is too long for a socket, one made anew in
 * the system's folder for temporary files, which is noted so that the next start takes it away.
 * @throws Error with a sentence when that is too long, too
 */
export function makeSocketFolder(dataDir: string, user: PostgresUser): string {
  const note = join(dataDir, 'postgres-socket');
  const last = readIfThere(note)?.trim() ?? '';
  if (basename(last).startsWith(PREFIX)) rmSync(last, { recursive: true, force: true });
  rmSync(note, { force: true });
  let folder = join(dataDir, 'postgres-run');
  if (fits(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  else {
    if (!fits(join(tmpdir(), `${PREFIX}XXXXXX`))) {
      throw new Error(
        `The embedded PostgreSQL needs a folder for its socket with a path of at most ${MAX_PATH_BYTES - 15} bytes: ` +
          `both ${dataDir} and ${tmpdir()} are longer. Set VFXLP_DATA_DIR or TMPDIR to a shorter one`,
      );
    }
    folder = mkdtempSync(join(tmpdir(), PREFIX));
    writeDurably(note, `${folder}\n`);
  }
  chmodSync(folder, 0o700);
  if (user !== null) chownSync(folder, user.uid, user.gid);
  return folder;
}
