import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isErrno } from '../base/errors.ts';
import { appDataFolder } from '../base/platform.ts';

/** The console's data folder where nobody names another. */
export const defaultDataDir = (env: NodeJS.ProcessEnv): string =>
  appDataFolder('vfxlp', env, homedir(), process.getuid?.() ?? -1);

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
