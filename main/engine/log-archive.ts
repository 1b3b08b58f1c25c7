import { createReadStream, createWriteStream, existsSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const ROTATED = /^fix\.(\d{4}-\d{2}-\d{2})\.(\d+)\.log(\.gz)?$/;

/** A free name for the log of a day: fix.2026-01-31.1.log, then .2 and so on. */
export function rotatedName(dir: string, day: number): string {
  const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
  for (let n = 1; ; n += 1) {
    const path = join(dir, `fix.${date}.${n}.log`);
    if (!existsSync(path) && !existsSync(`${path}.gz`)) return path;
  }
}

/** Compresses a rotated log in the background and deletes the oldest beyond `keep`. */
export function archive(dir: string, path: string, keep: number, onError: (error: Error) => void): void {
  compress(path)
    .then(() => prune(dir, keep))
    .catch((cause: unknown) => onError(cause instanceof Error ? cause : new Error(String(cause))));
}

async function compress(path: string): Promise<void> {
  // Under another name until whole: a reader, or a start after a crash, never takes half a file for all of it.
  const half = `${path}.gz.part`;
  await pipeline(createReadStream(path), createGzip({ level: 6 }), createWriteStream(half, { mode: 0o640 }));
  await rename(half, `${path}.gz`);
  await rm(path);
}

async function prune(dir: string, keep: number): Promise<void> {
  const rotated = readdirSync(dir)
    .map((name) => ROTATED.exec(name))
    .filter((match) => match !== null)
    .sort((a, b) => (a[1] === b[1] ? Number(a[2]) - Number(b[2]) : (a[1] ?? '') < (b[1] ?? '') ? -1 : 1));
  for (const match of rotated.slice(0, Math.max(0, rotated.length - keep))) await rm(join(dir, match[0]), { force: true });
}
