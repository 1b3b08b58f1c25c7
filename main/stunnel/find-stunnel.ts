import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';

/** Debian's `stunnel` is the fourth; `stunnel3` is a wrapper with another command line and is never used. */
const NAMES = ['stunnel', 'stunnel4'] as const;
/** Services are often started with a PATH that lacks these. */
const ALSO_IN = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'] as const;
const HOW_TO_INSTALL =
  'install it with “apt-get install stunnel4” (Debian, Ubuntu), “dnf install stunnel” (Red Hat) or “brew install stunnel” (macOS), or name the program in VFXLP_STUNNEL';

/**
 * Finds the stunnel program: VFXLP_STUNNEL, or stunnel or stunnel4 on the PATH.
 * @param alsoIn folders searched after those of the PATH.
 * @returns its path, or a reason with code tunnel-missing that says how to install it.
 */
export function findStunnel(
  env: Readonly<Record<string, string | undefined>>,
  alsoIn: readonly string[] = ALSO_IN,
): { path: string } | { reason: DisconnectReason } {
  const named = env['VFXLP_STUNNEL'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return { path: named };
    return { reason: { code: 'tunnel-missing', detail: `VFXLP_STUNNEL names ${named}, which is not an executable file` } };
  }
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...alsoIn];
  for (const name of NAMES) {
    for (const folder of folders) if (isExecutable(join(folder, name))) return { path: join(folder, name) };
  }
  return { reason: { code: 'tunnel-missing', detail: HOW_TO_INSTALL } };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
