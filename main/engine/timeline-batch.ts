import { boundTexts, encodedBytes } from '../contracts/bounded.ts';
import type { EngineReport } from '../contracts/engine-protocol.ts';
import type { Note } from '../fix/session/port.ts';

type TimelineReport = Extract<EngineReport, { type: 'timeline' }>;
export type TimelineItem = TimelineReport['events'][number];

const BATCH_MS = 50;
/** In a storm of events the first ones tell the story; the rest is counted. */
const MAX_ITEMS = 500;
const MAX_BYTES = 256 * 1024;

/** Gathers events, so that a burst of them is one report. */
export class TimelineBatch {
  readonly #report: (report: TimelineReport) => void;
  #items: TimelineItem[] = [];
  #bytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(report: (report: TimelineReport) => void) {
    this.#report = report;
  }

  add(note: Note | TimelineItem, atMs: number): void {
    if (this.#items.length >= MAX_ITEMS || this.#bytes >= MAX_BYTES) {
      this.#dropped += 1;
    } else {
      // At once: a burst of messages of a megabyte each must not wait here in full.
      const item = boundTexts({ ...note, atMs: Math.floor(atMs) });
      this.#items.push(item);
      this.#bytes += encodedBytes(item.text);
    }
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#items.length === 0) return;
    const last = this.#items.at(-1);
    if (this.#dropped > 0 && last !== undefined) {
      const text = `${this.#dropped} more events within ${BATCH_MS} ms are not shown`;
      this.#items.push({ ...last, event: 'Engine', level: 'attention', direction: null, text });
    }
    this.#report({ type: 'timeline', events: this.#items });
    this.#items = [];
    this.#bytes = 0;
    this.#dropped = 0;
  }
}
