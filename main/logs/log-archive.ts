import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../base/errors.ts';

const DAY_MS = 86_400_000;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

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
  const date = dateOf(day);
  const last = rotatedLogs(name, files).findLast((log) => log.date === date);
  return join(dir, `${name}.${date}.${(last?.n ?? 0) + 1}.log`);
}

/** How much of a log is kept; the file that is being written counts and is never deleted. */
export interface Retention {
  /** Rotated files. */
  readonly keep: number;
  /** Bytes of all its files; 0: no limit. */
  readonly keepBytes: number;
  /** Days, by the date in a file's name; 0: no limit. */
  readonly keepDays: number;
}

/**
 * Compresses what was rotated, also what an earlier process left behind half done, and deletes what is beyond the retention, the oldest first.
 * Rejects with the file system's error; a folder that was taken away has nothing to archive.
 *
 * @param onNote told in a sentence what was deleted, and why
 */
export async function archive(
  dir: string,
  name: string,
  retention: Retention,
  onNote: (text: string) => void,
  nowMs = Date.now(),
): Promise<void> {
  try {
    await compressAll(dir, name);
    for (const { files, why } of beyond(await sized(dir, name), retention, nowMs)) {
      const [first] = files;
      const last = files.at(-1);
      if (first === undefined || last === undefined) continue;
      for (const { file } of files) await rm(join(dir, file), { force: true });
      const days = first.date === last.date ? first.date : `${first.date} to ${last.date}`;
      const freed = files.reduce((sum, { bytes }) => sum + bytes, 0);
      const count = files.length === 1 ? '1 file' : `${files.length} files`;
      onNote(`${name}.log of ${days} was deleted (${count}, ${megabytes(freed)}): ${why}`);
    }
  } catch (error) {
    if (!isErrno(error) || (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')) throw error;
  }
}

async function compressAll(dir: string, name: string): Promise<void> {
  for (const { file } of rotatedLogs(name, await readdir(dir))) if (!file.endsWith('.gz')) await compress(join(dir, file));
}

interface Sized extends Rotated {
  readonly bytes: number;
}

async function sized(dir: string, name: string): Promise<{ readonly rotated: readonly Sized[]; readonly currentBytes: number }> {
  const rotated: Sized[] = [];
  for (const log of rotatedLogs(name, await readdir(dir))) rotated.push({ ...log, bytes: await bytesOf(join(dir, log.file)) });
  return { rotated, currentBytes: await bytesOf(join(dir, `${name}.log`)) };
}

/** What goes by number, by age, and what then goes by size, each the oldest first. */
function beyond(
  { rotated, currentBytes }: Awaited<ReturnType<typeof sized>>,
  { keep, keepBytes, keepDays }: Retention,
  nowMs: number,
): readonly { readonly files: readonly Sized[]; readonly why: string }[] {
  const byNumber = rotated.slice(0, Math.max(0, rotated.length - keep));
  const oldest = keepDays === 0 ? '' : dateOf(Math.floor(nowMs / DAY_MS) - keepDays);
  const byAge = rotated.slice(byNumber.length).filter(({ date }) => date < oldest);
  const left = rotated.slice(byNumber.length + byAge.length);
  const bySize: Sized[] = [];
  let bytes = left.reduce((sum, log) => sum + log.bytes, currentBytes);
  for (const log of left) {
    if (keepBytes === 0 || bytes <= keepBytes) break;
    bytes -= log.bytes;
    bySize.push(log);
  }
  return [
    { files: byNumber, why: `${keep} files of it are kept` },
    { files: byAge, why: `it is kept for ${keepDays} ${keepDays === 1 ? 'day' : 'days'}` },
    { files: bySize, why: `its files may have ${megabytes(keepBytes)} in all` },
  ];
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    // Somebody else has taken it away meanwhile.
    if (isErrno(error) && error.code === 'ENOENT') return 0;
    throw error;
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

async function compress(path: string): Promise<void> {
  // Loaded by those who have something to compress: most engines never do.
  const [{ pipeline }, { createGzip }] = await Promise.all([import('node:stream/promises'), import('node:zlib')]);
  // Under another name until whole: a reader, or a start after a crash, never takes half a file for all of it.
  const half = `${path}.gz.part`;
  await pipeline(createReadStream(path), createGzip({ level: 6 }), createWriteStream(half, { mode: 0o600 }));
  await rename(half, `${path}.gz`);
  await rm(path);
}
