import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const APP = 'vfxlp';

/**
 * The platform's application data folder. A console that runs as root is a system service: root's home is closed to the
 * unprivileged user that PostgreSQL must run as, so the data goes where services keep theirs.
 */
export function defaultDataDir(env: NodeJS.ProcessEnv, platform = process.platform, uid = process.getuid?.() ?? -1): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), APP);
  if (uid === 0) return `/var/lib/${APP}`;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', APP);
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), APP);
}

/** Creates the folder if need be; false when it cannot be created or written. */
export function isWritableFolder(dir: string): boolean {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    if (isErrno(error)) return false;
    throw error;
  }
}

/** The text of a secret kept in `file`, mode 0600; generated as 64 hexadecimal digits when there is none. Fails when neither can be done. */
export function readOrCreateSecret(file: string): string {
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if (!isErrno(error) || error.code !== 'EEXIST') throw error;
    chmodSync(file, 0o600);
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret === '') throw new Error(`${file} is empty: delete it to have another secret generated, or restore it from a backup`);
  return secret;
}

export function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
