const PAGE_BYTES = 64 * 1024;
const SPARE_PAGES = 64;

/** Memory for whole lines. */
export interface Page {
  readonly bytes: Buffer;
  /** The same memory. */
  readonly words: DataView;
  /** What of it is used, once nothing is added any more. */
  end: number | null;
}

/** Where lines go. */
export interface LineSink {
  /** It has so much that it takes no more for now. */
  readonly full: boolean;
  /** Takes the whole lines page[from, to), which stay as they are until it calls `LogPages.written`; in order. */
  put(page: Page, from: number, to: number): void;
  /** A line was not put, because it was full. */
  lose(): void;
}

/** The lines of a log on their way to its sink: written into pages one behind the other, and the pages used again when the sink is done with them. */
export class LogPages {
  /** The line that comes next begins at `length`. */
  page: Page = newPage(PAGE_BYTES);
  length = 0;
  readonly #sink: LineSink;
  readonly #spare: Page[] = [];
  /** Of the page, what the sink has. */
  #handed = 0;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Makes `page` one that has room for so many bytes more. @returns false when the sink is full: the line is lost, and counted */
  room(needed: number): boolean {
    if (this.length + needed <= this.page.bytes.length) return true;
    if (this.#sink.full) {
      this.#sink.lose();
      return false;
    }
    this.handOver();
    if (this.length > 0) this.page.end = this.length;
    this.length = 0;
    this.#handed = 0;
    // A single line longer than a page gets one of its own.
    this.page = needed > PAGE_BYTES ? newPage(needed) : (this.#spare.pop() ?? newPage(PAGE_BYTES));
    return true;
  }

  /** Gives the sink what it does not have. */
  handOver(): void {
    const from = this.#handed;
    if (this.length === from) return;
    this.#handed = this.length;
    this.#sink.put(this.page, from, this.length);
  }

  /** The sink is done with the page up to `to`. */
  written(page: Page, to: number): void {
    if (page !== this.page) {
      if (to === page.end) this.#keep(page);
    } else if (to === this.length) {
      this.length = 0;
      this.#handed = 0;
    }
  }

  #keep(page: Page): void {
    if (page.bytes.length !== PAGE_BYTES || this.#spare.length >= SPARE_PAGES) return;
    page.end = null;
    this.#spare.push(page);
  }
}

function newPage(length: number): Page {
  const bytes = Buffer.allocUnsafeSlow(length);
  return { bytes, words: new DataView(bytes.buffer), end: null };
}
