import { join } from 'node:path';
import { readIfThere, writeDurably } from '../../base/durable-file.ts';
import type { KillLatch } from '../../contracts/lp-record.ts';

/** Kill latches on this machine's disk: readable without a database, durable (fsync of file and folder) when a call returns. */
export interface LatchStore {
  all(): ReadonlyMap<string, KillLatch>;
  /** Latches every provider given, in one atomic write. Throws when the disk refuses; the latches hold in memory all the same. */
  set(providers: readonly string[], latch: KillLatch): void;
  /** Throws when the disk refuses; the latch holds then. */
  clear(provider: string): void;
}

const FILE = 'kill-latches.json';

/**
 * Keeps the kill latches in one file, replaced atomically and durably. A kill of fifty LPs is one write. Synchronous on purpose: when `set` returns, a power cut cannot bring an LP back.
 *
 * @param dataDir the console's data folder
 * @throws when the file exists and cannot be read: starting with unknown latches could bring a killed LP back
 */
export function openLatchStore(dataDir: string): LatchStore {
  const path = join(dataDir, FILE);
  const latches = new Map(Object.entries(read(path)));

  const write = (wanted: ReadonlyMap<string, KillLatch>): void =>
    writeDurably(path, JSON.stringify(Object.fromEntries(wanted), null, 2));

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
  const text = readIfThere(path);
  if (text === null) return {};
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
