import { join } from 'node:path';
import type { LineSink, LogPages, Page } from '../../logs/log-pages.ts';
import { LogWriter } from '../../logs/server/log-writer.ts';

export interface OwnLogOptions {
  readonly dir: string;
  /** Rotate when the file is this long. */
  readonly maxBytes: number;
  /** Rotated files kept; older ones are deleted. */
  readonly keep: number;
}

interface Options extends OwnLogOptions {
  readonly onError: (error: Error) => void;
  readonly onNote: (text: string) => void;
  readonly written: LogPages['written'];
}

interface Part {
  readonly bytes: Buffer;
  readonly page: Page;
  readonly to: number;
}

/** The file of the FIX log as an engine by itself writes it. */
export class OwnFixLog implements LineSink {
  /** Beyond what may wait it writes synchronously. */
  readonly full = false;
  readonly #writer: LogWriter<Part>;

  constructor({ dir, written, ...options }: Options, day: number) {
    this.#writer = new LogWriter<Part>({
      ...options,
      path: join(dir, 'fix.log'),
      day,
      written: ({ page, to }) => written(page, to),
    });
  }

  /** The day of the file, days since the epoch. */
  get day(): number {
    return this.#writer.day;
  }

  put(page: Page, from: number, to: number): void {
    this.#writer.put({ bytes: page.bytes.subarray(from, to), page, to }, to - from);
  }

  lose(): void {
    // It is never full.
  }

  rotate(today: number): void {
    this.#writer.rotate(today);
  }

  flushSync(): void {
    this.#writer.flushSync();
  }

  end(_: number, ended: () => void): void {
    this.flushSync();
    this.#writer.close();
    ended();
  }
}
