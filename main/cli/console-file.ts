import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, writeDurably } from '../base/durable-file.ts';
import { processStart } from '../base/process-start.ts';

/** Where a console is, for programs on its machine: a file in its data folder, mode 0600, while it runs. */
export interface ConsoleFile {
  readonly pid: number;
  /** By `processStart`. */
  readonly start: string | null;
  /** Null: its admin port is off. */
  readonly adminUrl: string | null;
  /** What it proves itself by where it speaks TLS; null: it does not. */
  readonly certFile: string | null;
}

const fileOf = (dataDir: string): string => join(dataDir, 'console.json');

/** @returns takes the file away */
export function announceConsole(dataDir: string, listensAt: string | null, certFile: string | null): () => void {
  // An address that stands for all of this machine's is none to connect to everywhere.
  const adminUrl = listensAt?.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:') ?? null;
  const file: ConsoleFile = { pid: process.pid, start: processStart(process.pid), adminUrl, certFile };
  writeDurably(fileOf(dataDir), JSON.stringify(file));
  return () => rmSync(fileOf(dataDir), { force: true });
}

/** @returns null when no console runs on the folder */
export function findConsole(dataDir: string): ConsoleFile | null {
  const text = readIfThere(fileOf(dataDir));
  if (text === null) return null;
  try {
    const { pid, start, adminUrl, certFile }: Partial<ConsoleFile> = JSON.parse(text);
    if (typeof pid !== 'number' || !isAddress(adminUrl)) return null;
    // One that crashed has left its file behind, and another program may have its port.
    if (start !== undefined && start !== processStart(pid)) return null;
    return { pid, start: start ?? null, adminUrl, certFile: certFile ?? null };
  } catch {
    return null;
  }
}

const isAddress = (value: unknown): value is string | null =>
  value === null || (typeof value === 'string' && URL.canParse(value));
