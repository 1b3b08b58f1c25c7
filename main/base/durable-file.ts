import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from './errors.ts';
import { PLATFORM, syncsFolders } from './platform.ts';

/** Replaces a small file atomically and durably: write aside, fsync, rename, fsync of the folder. Throws the file system's error. */
export function writeDurably(path: string, text: string): void {
  const dir = dirname(path);
  // Each time: a folder that was cleared away under a running console must not make what is written forgettable.
  mkdirSync(dir, { recursive: true });
  const aside = `${path}.new`;
  const file = openSync(aside, 'w', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(aside, path);
  syncFolder(dir);
}

/** As `writeDurably`, off the main thread. The folder must be there. Rejects with the file system's error. */
export async function replaceDurably(path: string, text: string): Promise<void> {
  const aside = `${path}.new`;
  await writeFile(aside, text, { mode: 0o600, flush: true });
  await rename(aside, path);
  if (!syncsFolders()) return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Removes a file durably; one that is not there is as good. Throws the file system's error. */
export function removeDurably(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** Makes what was renamed, made or removed in a folder durable. Throws the file system's error. */
export function syncFolder(dir: string, platform = PLATFORM): void {
  if (!syncsFolders(platform)) return;
  const folder = openSync(dir, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** @returns null when there is no such file; throws when it cannot be read */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}
