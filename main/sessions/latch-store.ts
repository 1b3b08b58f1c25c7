import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KillLatch } from '../contracts/lp-record.ts';
import type { LatchStore } from './ports.ts';

const FILE = 'kill-latches.json';

/**
 * Keeps the kill latches in one file, replaced atomically: write aside, fsync, rename, fsync of the folder. A kill of fifty LPs is
 * one write. Synchronous on purpose: when `set` returns, a power cut cannot bring an LP back.
 *
 * @param dataDir the console's data folder
 * @throws when the file exists and cannot be read: starting with unknown latches could bring a killed LP back
 */
export function openLatchStore(dataDir: string): LatchStore {
  const path = join(dataDir, FILE);
  const latches = new Map(Object.entries(read(path)));

  const write = (wanted: ReadonlyMap<string, KillLatch>): void => {
    // Each time: a folder that was cleared away under a running console must not make a kill forgettable.
    mkdirSync(dataDir, { recursive: true });
    const aside = `${path}.new`;
    const file = openSync(aside, 'w', 0o600);
    try {
      writeFileSync(file, JSON.stringify(Object.fromEntries(wanted), null, 2));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
    const folder = openSync(dataDir, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  };

  return {
    all: () => latches,
    set: (providers, latch) => {
      for (const provider of providers) latches.set(provider, latch);
      write(latches);
    },
    clear: (provider) => {
      if (!latches.has(provider)) return;
      // The disk first: what it still holds after a restart must not be thought to be gone.
      write(new Map([...latches].filter(([name]) => name !== provider)));
      latches.delete(provider);
    },
  };
}

function read(path: string): Record<string, KillLatch> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  const parsed = parse(text);
  if (!isLatches(parsed)) {
    throw new Error(
      `${path} is damaged: it must hold one latch per provider. Restore it, or delete it only if every LP may be re-armed.`,
    );
  }
  return parsed;
}

/** @returns undefined when it is no JSON */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isLatches(value: unknown): value is Record<string, KillLatch> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (latch: unknown) =>
      typeof latch === 'object' &&
      latch !== null &&
      'incidentId' in latch &&
      typeof latch.incidentId === 'string' &&
      'by' in latch &&
      typeof latch.by === 'string' &&
      'reason' in latch &&
      typeof latch.reason === 'string' &&
      'atMs' in latch &&
      typeof latch.atMs === 'number',
  );
}
