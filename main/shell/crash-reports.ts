import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, writeDurably } from '../base/durable-file.ts';
import { PLATFORM } from '../base/platform.ts';

/** As many are kept, the newest. */
const KEEP = 10;
/** Of the text of one fault, and of the last lines of the log. */
const MAX_CHARS = 16_384;

export type CrashKind = 'uncaught-exception' | 'unhandled-rejection' | 'ended-unexpectedly';

interface Run {
  readonly pid: number;
  readonly version: string;
  /** ISO. */
  readonly startedAt: string;
}

export interface CrashParts {
  /** The console's data folder, which this process alone has. */
  readonly dataDir: string;
  readonly version: string;
  /** ISO, of now. */
  readonly now: () => string;
  /** A text without what is secret in it. */
  readonly mask: (text: string) => string;
  readonly pid?: number;
}

/**
 * What is left for the next start of a main process that broke: reports in the data folder, which no one is sent. A file says that the process runs; whoever
 * finds one of before knows that its process had no time to take it away: a signal, a fault of native code, the machine.
 */
export class CrashReports {
  readonly folder: string;
  readonly #parts: CrashParts;
  readonly #marker: string;
  #written = 0;

  /** Throws the file system's error. */
  constructor(parts: CrashParts) {
    this.#parts = parts;
    this.folder = join(parts.dataDir, 'crash-reports');
    this.#marker = join(this.folder, 'running');
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const before = readIfThere(this.#marker);
    if (before !== null) this.#write('ended-unexpectedly', readRun(before), this.#lastLines());
    const run: Run = { pid: parts.pid ?? process.pid, version: parts.version, startedAt: parts.now() };
    writeDurably(this.#marker, JSON.stringify(run));
  }

  /** A fault of this process. Throws the file system's error. */
  add(kind: Exclude<CrashKind, 'ended-unexpectedly'>, error: unknown): void {
    this.#write(
      kind,
      { pid: this.#parts.pid ?? process.pid, version: this.#parts.version },
      { error: this.#parts.mask(textOf(error)) },
    );
  }

  /** Before a process ends that has left a report, or in order: there is nothing more to find. */
  clean(): void {
    rmSync(this.#marker, { force: true });
  }

  /** Reports that nobody has been offered, oldest first: paths. */
  unseen(): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.new.json'))
      .sort()
      .map((name) => join(this.folder, name));
  }

  /** They are not offered again. */
  seen(paths: readonly string[]): void {
    for (const path of paths) renameSync(path, path.replace(/\.new\.json$/, '.json'));
  }

  #write(kind: CrashKind, run: Partial<Run> | null, more: Readonly<Record<string, unknown>>): void {
    const at = this.#parts.now();
    // A process that fails again and again does not fill the disk, nor does it push out what came first.
    this.#written += 1;
    if (this.#written > KEEP) return;
    const text = JSON.stringify({ kind, at, run, ...more, platform: PLATFORM, versions: process.versions }, null, 2);
    writeDurably(join(this.folder, `${at.replaceAll(/[:.]/g, '-')}-${this.#written}-${kind}.new.json`), text);
    const reports = readdirSync(this.folder).filter((name) => name.endsWith('.json'));
    for (const name of reports.sort().slice(0, -KEEP)) rmSync(join(this.folder, name), { force: true });
  }

  /** What the process said last; the log has no secrets. */
  #lastLines(): { readonly log: readonly string[] } {
    const log = readIfThere(join(this.#parts.dataDir, 'logs', 'console.log')) ?? '';
    return { log: this.#parts.mask(log.slice(-MAX_CHARS)).split('\n').slice(1).filter(Boolean) };
  }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS)} … ${text.length - MAX_CHARS} characters more`;
}

/** A machine that lost its power leaves half a file. */
function readRun(text: string): Run | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
