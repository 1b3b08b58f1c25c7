import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { HelperProcess, StartHelper } from '../../contracts/processes.ts';
import type { Latches } from './latch-file.ts';
import type { WriterCommand, WriterReport } from './latch-writer.ts';

/** Where the latches are written, off the main thread. */
export interface LatchDisk {
  /** @param known by `latchKey`: what is in the file already and is no news */
  open(known: () => readonly string[]): void;
  /** Replaces what is on the disk. Resolves when it stands; rejects with what the disk says. A disk that hangs does neither. */
  write(latches: Latches): Promise<void>;
  /** Latches that somebody else has put on the disk. */
  onFound(listener: (latches: Latches) => void): () => void;
  /** Resolves when what was to be written is, or after 2 s. */
  close(): Promise<void>;
}

interface Waiting {
  readonly n: number;
  readonly stands: () => void;
  readonly refused: (error: Error) => void;
}

const START_AGAIN_MS = 500;
const CLOSE_WITHIN_MS = 2_000;

/**
 * Writes by a process of its own (latch-writer), which is started beforehand and again whenever it ends.
 */
export class WriterProcess implements LatchDisk {
  readonly #startProcess: StartHelper;
  readonly #dataDir: string;
  readonly #clock: Clock;
  readonly #found = new Emitter<Latches>();
  #known: () => readonly string[] = () => [];
  #child: HelperProcess | null = null;
  #waiting: Waiting[] = [];
  #numbers = 0;
  #cancelStart: (() => void) | null = null;
  #closed = false;

  constructor(startProcess: StartHelper, dataDir: string, clock: Clock) {
    this.#startProcess = startProcess;
    this.#dataDir = dataDir;
    this.#clock = clock;
  }

  readonly onFound = this.#found.on;

  /** Null while it is being started again. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  open(known: () => readonly string[]): void {
    this.#known = known;
    this.#start();
  }

  write(latches: Latches): Promise<void> {
    this.#numbers += 1;
    const n = this.#numbers;
    if (this.#child === null) this.#start();
    return new Promise((stands, refused) => {
      this.#waiting.push({ n, stands, refused });
      this.#send({ type: 'write', n, latches });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelStart?.();
    const child = this.#child;
    if (child === null) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(CLOSE_WITHIN_MS, () => {
        child.kill();
        resolve();
      });
      child.onGone(() => {
        cancel();
        resolve();
      });
      child.end();
    });
  }

  #start(): void {
    this.#cancelStart?.();
    this.#cancelStart = null;
    const child = this.#startProcess();
    this.#child = child;
    child.onMessage((message) => {
      const report = message as WriterReport;
      if (report.type === 'found') this.#found.emit(report.latches);
      else this.#settle(report.n, report.error === null ? null : new Error(report.error));
    });
    child.onGone((why) => this.#ended(child, `the process that writes the kill latches ended (${why})`));
    this.#send({ type: 'open', dataDir: this.#dataDir, known: this.#known() });
  }

  #ended(child: HelperProcess, why: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#settle(this.#numbers, new Error(why));
    if (!this.#closed) this.#cancelStart = this.#clock.after(START_AGAIN_MS, () => this.#start());
  }

  #send(command: WriterCommand): void {
    this.#child?.send(command);
  }

  /** What was sent up to a number stands, or does not. */
  #settle(n: number, error: Error | null): void {
    const settled = this.#waiting.filter((one) => one.n <= n);
    this.#waiting = this.#waiting.filter((one) => one.n > n);
    for (const { stands, refused } of settled) {
      if (error === null) stands();
      else refused(error);
    }
  }
}
