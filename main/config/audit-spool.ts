import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, truncateSync, writeSync } from 'node:fs';
import { z } from 'zod';
import type { AuditEntry } from '../contracts/audit.ts';

export interface SpooledEntry {
  /** UUID: the entry is the same one however often it is written. */
  readonly id: string;
  readonly entry: AuditEntry;
}

const lineSchema = z.object({
  id: z.uuid(),
  entry: z.object({
    atMs: z.number(),
    actor: z.string(),
    source: z.enum(['desktop', 'browser', 'api', 'sql', 'system']),
    from: z.string(),
    operation: z.string(),
    provider: z.string().nullable(),
    reason: z.string().nullable(),
    result: z.string(),
    detail: z.string().nullable(),
  } satisfies Record<keyof AuditEntry, z.ZodType>),
});

/**
 * Audit entries on their way to the database, one JSON line each: what a console did is not lost with the console.
 * A file beside it, `.rejected`, keeps lines that cannot be read.
 */
export class AuditSpool {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Durable when it returns. */
  append(entry: SpooledEntry): void {
    const descriptor = openSync(this.#file, 'a', 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify(entry)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** What an earlier console left, oldest first. A line cut short by a crash was never acknowledged to anybody; the file is put aside for people. */
  read(): readonly SpooledEntry[] {
    if ((statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) === 0) return [];
    const lines = readFileSync(this.#file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const entries = lines.map(parseLine).filter((entry) => entry !== null);
    if (entries.length < lines.length) {
      renameSync(this.#file, `${this.#file}.rejected`);
      for (const entry of entries) this.append(entry);
    }
    return entries;
  }

  clear(): void {
    if (statSync(this.#file, { throwIfNoEntry: false }) !== undefined) truncateSync(this.#file);
  }
}

function parseLine(line: string): SpooledEntry | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  return lineSchema.safeParse(json).data ?? null;
}
