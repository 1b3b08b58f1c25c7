import { readFileSync, statSync } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import { z } from 'zod';
import { replaceDurably } from '../base/durable-file.ts';
import { isErrno } from '../base/errors.ts';
import { SerialQueue } from '../base/serial-queue.ts';
import type { AuditEntry } from '../contracts/audit.ts';

export interface SpooledEntry {
  /** UUID: the entry is the same one however often it is written. */
  readonly id: string;
  readonly entry: AuditEntry;
}

/** One that the database will not take. */
export interface RefusedEntry extends SpooledEntry {
  readonly why: string;
}

const lineSchema = z.object({
  id: z.uuid(),
  why: z.string().default('refused by the database'),
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
 * A file beside it, `.rejected`, keeps what the database refused, to be retried, and lines that cannot be read, for people.
 * Written off the main thread, one thing at a time: a disk that hangs holds neither a kill nor more than one thread.
 */
export class AuditSpool {
  readonly #file: string;
  readonly #rejected: string;
  readonly #turns = new SerialQueue();

  constructor(file: string) {
    this.#file = file;
    this.#rejected = `${file}.rejected`;
  }

  /** Durable when it resolves. Rejects with the file system's error. */
  append(entry: SpooledEntry): Promise<void> {
    return this.#append(this.#file, JSON.stringify(entry));
  }

  #append(path: string, line: string): Promise<void> {
    return this.#turns.run(async () => {
      const file = await open(path, 'a', 0o600);
      try {
        // After a line that was cut short, a new one begins.
        await file.write(`\n${line}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }

  /** The database will not take this one. As `append`. */
  reject(entry: RefusedEntry): Promise<void> {
    return this.#append(this.#rejected, JSON.stringify(entry));
  }

  /** What the database refused, oldest first; lines that cannot be read are for people only. */
  refused(): readonly RefusedEntry[] {
    return linesOf(this.#rejected).flatMap((line) => parseLine(line) ?? []);
  }

  /** These are written by now, or given up. Rejects with the file system's error. */
  forgetRefused(ids: ReadonlySet<string>): Promise<void> {
    return this.#turns.run(async () => {
      const kept = linesOf(this.#rejected).filter((line) => !ids.has(parseLine(line)?.id ?? ''));
      await replaceDurably(this.#rejected, kept.map((line) => `${line}\n`).join(''));
    });
  }

  /** Resolves when all that was to be appended is on the disk, or refused by it. */
  written(): Promise<void> {
    return this.#turns.run(() => Promise.resolve());
  }

  /** What an earlier console left, oldest first. A line cut short by a crash was never acknowledged to anybody. */
  read(): readonly SpooledEntry[] {
    return linesOf(this.#file).flatMap((line) => {
      const entry = parseLine(line);
      // Also still in the spool: who cannot keep it there cannot write it here either.
      if (entry === null) this.#append(this.#rejected, line).catch(() => undefined);
      return entry === null ? [] : { id: entry.id, entry: entry.entry };
    });
  }

  /** What is appended later stays. Rejects with the file system's error. */
  clear(): Promise<void> {
    return this.#turns.run(async () => {
      try {
        await truncate(this.#file);
      } catch (error) {
        if (!isErrno(error) || error.code !== 'ENOENT') throw error;
      }
    });
  }
}

function linesOf(file: string): readonly string[] {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function parseLine(line: string): RefusedEntry | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  return lineSchema.safeParse(json).data ?? null;
}
