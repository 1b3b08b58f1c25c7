import { createReadStream, createWriteStream, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const ROTATED = /^fix\.(\d{4}-\d{2}-\d{2})\.(\d+)\.log(\.gz)?$/;

interface Rotated {
  readonly name: string;
  readonly date: string;
  readonly n: number;
}

/** Rotated logs of a folder, oldest first. */
function rotatedLogs(dir: string): Rotated[] {
  return readdirSync(dir)
    .map((name) => ROTATED.exec(name))
    .filter((match) => match !== null)
    .map(([name, date = '', n]) => ({ name, date, n: Number(n) }))
    .sort((a, b) => (a.date === b.date ? a.n - b.n : a.date < b.date ? -1 : 1));
}

/** Name for the log of a day: fix.2026-01-31.1.log, then .2 and so on; a number is not used again while a later one is there. */
export function rotatedName(dir: string, day: number): string {
  const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
  const last = rotatedLogs(dir).findLast((log) => log.date === date);
  return join(dir, `fix.${date}.${(last?.n ?? 0) + 1}.log`);
}

/**
 * Compresses what was rotated, also what an earlier process left behind half done, and deletes the oldest beyond `keep`. Rejects with the
 * file system's error.
 */
export async function archive(dir: string, keep: number): Promise<void> {
  for (const { name } of rotatedLogs(dir)) if (!name.endsWith('.gz')) await compress(join(dir, name));
  const logs = rotatedLogs(dir);
  for (const { name } of logs.slice(0, Math.max(0, logs.length - keep))) await rm(join(dir, name), { force: true });
}

async function compress(path: string): Promise<void> {
  // Under another name until whole: a reader, or a start after a crash, never takes half a file for all of it.
  const half = `${path}.gz.part`;
  await pipeline(createReadStream(path), createGzip({ level: 6 }), createWriteStream(half, { mode: 0o640 }));
  await rename(half, `${path}.gz`);
  await rm(path);
}
