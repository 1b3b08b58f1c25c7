import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { type FolderState, stateOfFolder } from '../base/folder-state.ts';
import type { Health } from '../contracts/lp-view.ts';

const LOOK_EVERY_MS = 5_000;
/** A disk that has not answered for this long hangs. */
const ANSWER_MS = 4_000;
const CLOSE_WAIT_MS = 500;

export interface WatchedFolder {
  /** What it holds, as `log folder`. */
  readonly name: string;
  readonly path: string;
  /** Looks at it, and never rejects; left out: this process does. */
  readonly look?: () => Promise<FolderState>;
}

type Found = FolderState;

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
    const looking = folder.look?.() ?? stateOfFolder(folder);
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
