import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, messageOf } from './errors.ts';

const LOW_BYTES = 2_000_000_000;
const FULL_BYTES = 200_000_000;
/** Written and taken away again; about what a log line or an index entry needs. */
const PROBE_FILE = '.vfxlp-probe';
const PROBE = Buffer.alloc(1_024, ' ');

export interface FolderState {
  readonly state: 'ok' | 'degraded' | 'down';
  readonly text: string;
  readonly freeBytes: number;
}

/** Whether a folder can be written, and how much is free on its disk. Never rejects; on a disk that hangs it does not resolve. */
export async function stateOfFolder({ name, path }: { readonly name: string; readonly path: string }): Promise<FolderState> {
  let freeBytes = 0;
  const probe = join(path, PROBE_FILE);
  try {
    const { bavail, bsize } = await statfs(path);
    freeBytes = bavail * bsize;
    await writeFile(probe, PROBE, { mode: 0o600 });
    await rm(probe);
  } catch (error) {
    // A full disk lets a file begin. Where it cannot be taken away either, what is said is why it could not be written.
    await rm(probe, { force: true }).catch(() => undefined);
    const why = isErrno(error) ? (PLAIN[String(error.code)] ?? messageOf(error)) : messageOf(error);
    return { state: 'down', text: `The ${name} ${path} cannot be written: ${why}`, freeBytes };
  }
  const state = freeBytes < FULL_BYTES ? 'down' : freeBytes < LOW_BYTES ? 'degraded' : 'ok';
  return { state, text: `${(freeBytes / 1e9).toFixed(1)} GB free in the ${name} ${path}`, freeBytes };
}

const PLAIN: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of this user is used up',
  EROFS: 'its disk is read-only',
  ENOENT: 'it is gone',
  EACCES: 'this user may not',
};
