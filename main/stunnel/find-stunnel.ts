import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type StunnelPlaces, stunnelPlaces } from '../base/platform.ts';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';

/**
 * Finds the stunnel program: VFXLP_STUNNEL, or on the PATH.
 * @param places what it is called, and the folders searched after those of the PATH
 * @returns its path, or a reason with code tunnel-missing that says how to install it.
 */
export function findStunnel(
  env: Readonly<Record<string, string | undefined>>,
  { names, folders: alsoIn, howToInstall }: StunnelPlaces = stunnelPlaces(),
): { path: string } | { reason: DisconnectReason } {
  const named = env['VFXLP_STUNNEL'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return { path: named };
    return { reason: { code: 'tunnel-missing', detail: `VFXLP_STUNNEL names ${named}, which is not an executable file` } };
  }
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...alsoIn];
  for (const name of names) {
    for (const folder of folders) if (isExecutable(join(folder, name))) return { path: join(folder, name) };
  }
  return { reason: { code: 'tunnel-missing', detail: howToInstall } };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
