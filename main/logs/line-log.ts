import { LogLink, type LogLinkOptions } from './log-link.ts';
import { LogPages } from './log-pages.ts';
import { oneLine } from './one-line.ts';

/** A log of texts, line by line, which the process that writes the logs has in a file. It never holds up whoever writes. */
export class LineLog {
  readonly #link: LogLink;
  readonly #pages: LogPages;

  constructor(options: Omit<LogLinkOptions, 'written' | 'ready' | 'behind'>) {
    this.#link = new LogLink({
      ...options,
      written: (page, to) => this.#pages.written(page, to),
      ready: () => this.#pages.handOver(),
      // What is told of an LP is little, and main waits for nothing.
      behind: () => undefined,
    });
    this.#pages = new LogPages(this.#link);
  }

  /** Appends one line, whatever characters the text has; the newline is added. Never throws and never waits. */
  write(text: string): void {
    const line = `${oneLine(text.endsWith('\n') ? text.slice(0, -1) : text)}\n`;
    const bytes = Buffer.byteLength(line);
    const pages = this.#pages;
    if (!pages.room(bytes)) return;
    pages.page.bytes.write(line, pages.length);
    pages.length += bytes;
    if (this.#link.idle) pages.handOver();
  }

  /** For the exit of the process: gives the system what it takes at once. */
  flushSync(): void {
    this.#pages.handOver();
    this.#link.flushSync();
  }

  /** See `LogLink.end`. */
  end(ms: number, ended: () => void): void {
    this.#pages.handOver();
    this.#link.end(ms, ended);
  }
}
