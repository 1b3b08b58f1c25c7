import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../base/errors.ts';

interface Rotated {
  readonly file: string;
  readonly date: string;
  readonly n: number;
}

/** Rotated files of a log among these, oldest first. */
function rotatedLogs(name: string, files: readonly string[]): Rotated[] {
  const rotated = new RegExp(`^${name}\\.(\\d{4}-\\d{2}-\\d{2})\\.(\\d+)\\.log(\\.gz)?$`);
  return files
    .map((file) => rotated.exec(file))
    .filter((match) => match !== null)
    .map(([file, date = '', n]) => ({ file, date, n: Number(n) }))
    .sort((a, b) => (a.date === b.date ? a.n - b.n : a.date < b.date ? -1 : 1));
}

/**
 * Path for the log of a day: fix.2026-01-31.1.log, then .2 and so on; a number is not used again while a later one is there.
 *
 * @param day since the epoch, UTC
 * @param files that are in the folder
 */
export function rotatedName(dir: string, name: string, day: number, files: readonly string[]): string {
  const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
  const last = rotatedLogs(name, files).findLast((log) => log.date === date);
  return join(dir, `${name}.${date}.${(last?.n ?? 0) + 1}.log`);
}

/**
 * Compresses what was rotated, also what an earlier process left behind half done, and deletes the oldest beyond `keep`. Rejects with the
 * file system's error; a folder that was taken away has nothing to archive.
 */
export async function archive(dir: string, name: string, keep: number): Promise<void> {
  try {
    await archiveIn(dir, name, keep);
  } catch (error) {
    if (!isErrno(error) || (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')) throw error;
  }
}

async function archiveIn(dir: string, name: string, keep: number): Promise<void> {
  for (const { file } of rotatedLogs(name, await readdir(dir))) if (!file.endsWith('.gz')) await compress(join(dir, file));
  const logs = rotatedLogs(name, await readdir(dir));
  for (const { file } of logs.slice(0, Math.max(0, logs.length - keep))) await rm(join(dir, file), { force: true });
}

async function compress(path: string): Promise<void> {
  // Loaded by those who have something to compress: most engines never do.
  const [{ pipeline }, { createGzip }] = await Promise.all([import('node:stream/promises'), import('node:zlib')]);
  // Under another name until whole: a reader, or a start after a crash, never takes half a file for all of it.
  const half = `${path}.gz.part`;
  await pipeline(createReadStream(path), createGzip({ level: 6 }), createWriteStream(half, { mode: 0o600 }));
  await rename(half, `${path}.gz`);
  await rm(path);
}
