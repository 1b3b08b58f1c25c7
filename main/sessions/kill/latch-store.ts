import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import { Emitter } from '../../base/emitter.ts';
import { messageOf } from '../../base/errors.ts';
import type { KillLatch } from '../../contracts/lp-record.ts';
import type { LatchDisk } from './latch-disk.ts';
import { type Latches, latchFile, latchKey, readLatches } from './latch-file.ts';

/** Kill latches: in force in memory at once, and on this machine's disk as soon as the disk takes them; readable without a database. */
export interface LatchStore {
  all(): ReadonlyMap<string, KillLatch>;
  /** Latches every provider given, in one write that starts now. Resolves when it stands on the disk; what the disk refuses is repeated until it does. */
  set(providers: readonly string[], latch: KillLatch): Promise<void>;
  /** Takes off this incident's latch, and no other. Rejects when the disk refuses or does not answer: the latch holds then. */
  clear(provider: string, incidentId: string): Promise<void>;
  /** Tries at once what the disk has refused. */
  tryNow(): void;
  /** Why these latches are not on the disk; said after each attempt. */
  onRefused(listener: (refusal: Refusal) => void): () => void;
  /** Latches that another program has put on this disk; they are not in force before they are set. */
  onFound(listener: (latches: Latches) => void): () => void;
  close(): Promise<void>;
}

export interface Refusal {
  readonly why: string;
  readonly latches: readonly (readonly [provider: string, latch: KillLatch])[];
}

const RETRY_MS = 1_000;
const CLEAR_WITHIN_MS = 3_000;

/**
 * Keeps the kill latches in one file. A kill of fifty LPs is one write.
 *
 * @param dataDir the console's data folder
 * @throws when the file exists and cannot be read: starting with unknown latches could bring a killed LP back
 */
export function openLatchStore(dataDir: string, clock: Clock, disk: LatchDisk): LatchStore {
  return new DiskLatches(readLatches(latchFile(dataDir)), clock, disk);
}

class DiskLatches implements LatchStore {
  readonly #clock: Clock;
  readonly #disk: LatchDisk;
  readonly #latches: Map<string, KillLatch>;
  /** By `latchKey`: everything that this console has ever had in the file. */
  readonly #known: Set<string>;
  readonly #clearing = new Set<string>();
  readonly #unwritten = new Map<string, KillLatch>();
  readonly #refused = new Emitter<Refusal>();
  #standing: (() => void)[] = [];
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor(latches: Latches, clock: Clock, disk: LatchDisk) {
    this.#clock = clock;
    this.#disk = disk;
    this.#latches = new Map(Object.entries(latches));
    this.#known = new Set([...this.#latches].map(([provider, { incidentId }]) => latchKey(provider, incidentId)));
    disk.open(() => [...this.#known]);
  }

  readonly onRefused = this.#refused.on;

  onFound(listener: (latches: Latches) => void): () => void {
    return this.#disk.onFound(listener);
  }

  all(): ReadonlyMap<string, KillLatch> {
    return this.#latches;
  }

  set(providers: readonly string[], latch: KillLatch): Promise<void> {
    for (const provider of providers) {
      this.#latches.set(provider, latch);
      this.#unwritten.set(provider, latch);
      this.#known.add(latchKey(provider, latch.incidentId));
    }
    return new Promise((stands) => {
      this.#standing.push(stands);
      void this.#push();
    });
  }

  async clear(provider: string, incidentId: string): Promise<void> {
    if (this.#latches.get(provider)?.incidentId !== incidentId) return;
    const key = latchKey(provider, incidentId);
    this.#clearing.add(key);
    try {
      // The disk first: what it still holds after a restart must not be thought to be gone.
      const written = this.#disk.write(this.#wanted()).then(() => true);
      if ((await withDeadline(this.#clock, CLEAR_WITHIN_MS, written)) !== true)
        throw new Error(`the disk has not answered for ${CLEAR_WITHIN_MS / 1_000} s`);
      if (this.#latches.get(provider)?.incidentId === incidentId) this.#latches.delete(provider);
    } catch (error) {
      this.#clearing.delete(key);
      // It may have been taken off all the same.
      void this.#push();
      throw error;
    } finally {
      this.#clearing.delete(key);
    }
  }

  tryNow(): void {
    if (this.#cancelRetry !== null) void this.#push();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    return this.#disk.close();
  }

  #wanted(): Latches {
    return Object.fromEntries(
      [...this.#latches].filter(([provider, { incidentId }]) => !this.#clearing.has(latchKey(provider, incidentId))),
    );
  }

  async #push(): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    const standing = this.#standing;
    this.#standing = [];
    const written = [...this.#unwritten];
    try {
      await this.#disk.write(this.#wanted());
      for (const [provider, latch] of written) {
        if (this.#unwritten.get(provider) === latch) this.#unwritten.delete(provider);
      }
      for (const stands of standing) stands();
    } catch (error) {
      this.#standing = [...standing, ...this.#standing];
      this.#refused.emit({ why: messageOf(error), latches: written });
      if (this.#closed) return;
      this.#cancelRetry ??= this.#clock.after(RETRY_MS, () => void this.#push());
    }
  }
}
