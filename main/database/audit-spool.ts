import { closeSync, fsyncSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
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
 * A file beside it, `.rejected`, keeps what the database refused and lines that cannot be read, for people.
 */
export class AuditSpool {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Durable when it returns. */
  append(entry: SpooledEntry): void {
    this.#append(this.#file, JSON.stringify(entry));
  }

  #append(file: string, line: string): void {
    const descriptor = openSync(file, 'a', 0o600);
    try {
      // After a line that was cut short, a new one begins.
      writeSync(descriptor, `\n${line}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** The database will never take this one. */
  reject(entry: SpooledEntry): void {
    this.#append(`${this.#file}.rejected`, JSON.stringify(entry));
  }

  /** What an earlier console left, oldest first. A line cut short by a crash was never acknowledged to anybody. */
  read(): readonly SpooledEntry[] {
    if ((statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) === 0) return [];
    const lines = readFileSync(this.#file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return lines.flatMap((line) => {
      const entry = parseLine(line);
      if (entry === null) this.#append(`${this.#file}.rejected`, line);
      return entry ?? [];
    });
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
