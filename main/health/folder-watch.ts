import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { isErrno, messageOf } from '../base/errors.ts';
import type { Health } from '../contracts/lp-view.ts';

const LOOK_EVERY_MS = 5_000;
/** A disk that has not answered for this long hangs. */
const ANSWER_MS = 4_000;
const CLOSE_WAIT_MS = 500;
const LOW_BYTES = 2_000_000_000;
const FULL_BYTES = 200_000_000;
/** Written and taken away again; about what a log line or an index entry needs. */
const PROBE_FILE = '.vfxlp-probe';
const PROBE = Buffer.alloc(1_024, ' ');

export interface WatchedFolder {
  /** What it holds, as `log folder`. */
  readonly name: string;
  readonly path: string;
}

type Found = Pick<Health['disk'], 'state' | 'text' | 'freeBytes'>;

/** Free space of the folders that the console writes, and whether they can be written: looked at from time to time, never waited for. */
export class FolderWatch {
  readonly #folders: readonly WatchedFolder[];
  readonly #clock: Clock;
  readonly #found = new Map<string, Found>();
  #health: Health['disk'];
  #closed = false;
  readonly #cancel = new Map<string, () => void>();
  readonly #looking = new Map<string, Promise<Found>>();

  constructor(folders: readonly WatchedFolder[], clock: Clock) {
    this.#folders = folders.filter(({ path }, at) => folders.findIndex((other) => other.path === path) === at);
    this.#clock = clock;
    this.#health = { state: 'ok', text: 'not looked at yet', sinceMs: clock.nowMs(), freeBytes: 0, checkedAtMs: null };
    // Each by itself: a disk that hangs hides nothing of the other.
    for (const folder of this.#folders) void this.#look(folder);
  }

  health(): Health['disk'] {
    return this.#health;
  }

  /** Resolves when nothing of it touches the folders any more, or its disk does not answer. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#cancel.values()) cancel();
    await withDeadline(this.#clock, CLOSE_WAIT_MS, Promise.all(this.#looking.values()));
  }

  async #look(folder: WatchedFolder): Promise<void> {
    const looking = lookAt(folder);
    this.#looking.set(folder.path, looking);
    const inTime = await withDeadline(this.#clock, ANSWER_MS, looking);
    if (inTime === undefined)
      this.#take(folder, { state: 'down', text: `The disk of the ${folder.name} ${folder.path} does not answer`, freeBytes: 0 });
    this.#take(folder, inTime ?? (await looking));
    if (!this.#closed)
      this.#cancel.set(
        folder.path,
        this.#clock.after(LOOK_EVERY_MS, () => void this.#look(folder)),
      );
  }

  #take(folder: WatchedFolder, found: Found): void {
    this.#found.set(folder.path, found);
    const all = this.#folders.flatMap(({ path }) => this.#found.get(path) ?? []);
    const worst = WORST_FIRST.flatMap((state) => all.filter((one) => one.state === state));
    const [{ state } = found] = worst;
    const sinceMs = state === this.#health.state ? this.#health.sinceMs : this.#clock.nowMs();
    const freeBytes = Math.min(...all.map((one) => one.freeBytes));
    this.#health = {
      state,
      text: worst.map(({ text }) => text).join('; '),
      sinceMs,
      freeBytes,
      checkedAtMs: this.#clock.nowMs(),
    };
  }
}

const WORST_FIRST = ['down', 'degraded', 'ok', 'off'] as const;

/** Never rejects. */
async function lookAt({ name, path }: WatchedFolder): Promise<Found> {
  let freeBytes = 0;
  const probe = join(path, PROBE_FILE);
  try {
    const { bavail, bsize } = await statfs(path);
    freeBytes = bavail * bsize;
    await writeFile(probe, PROBE, { mode: 0o600 });
    await rm(probe);
  } catch (error) {
    // A full disk lets a file begin. Where it cannot be taken away either, what is said is why it could not be written.
    await rm(probe, { force: true }).catch(() => undefined);
    const why = isErrno(error) ? (PLAIN[String(error.code)] ?? messageOf(error)) : messageOf(error);
    return { state: 'down', text: `The ${name} ${path} cannot be written: ${why}`, freeBytes };
  }
  const state = freeBytes < FULL_BYTES ? 'down' : freeBytes < LOW_BYTES ? 'degraded' : 'ok';
  return { state, text: `${(freeBytes / 1e9).toFixed(1)} GB free in the ${name} ${path}`, freeBytes };
}

const PLAIN: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of this user is used up',
  EROFS: 'its disk is read-only',
  ENOENT: 'it is gone',
  EACCES: 'this user may not',
};
