import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isErrno } from '../base/errors.ts';

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
