import { MAX_LINE_BYTES, MAX_OPENING_BYTES } from '../log-wire.ts';

const NEWLINE = 0x0a;

/** Puts the opening and whole lines together from what comes in. */
export class LineReceiver {
  readonly #onOpening: (text: string) => void;
  readonly #onLines: (chunks: readonly Buffer[], bytes: number) => void;
  #opened = false;
  /** The beginning of a line. */
  #rest: Buffer[] = [];
  #restBytes = 0;

  /** @param onLines chunks which together are whole lines */
  constructor(onOpening: (text: string) => void, onLines: (chunks: readonly Buffer[], bytes: number) => void) {
    this.#onOpening = onOpening;
    this.#onLines = onLines;
  }

  /** @throws Error for what no writer of ours sends */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (!this.#opened) {
      const end = bytes.indexOf(NEWLINE);
      if (this.#restBytes + (end < 0 ? bytes.length : end) > MAX_OPENING_BYTES) throw new Error('an opening that is too long');
      if (end < 0) {
        this.#keep(bytes);
        return;
      }
      const text = Buffer.concat([...this.#rest, bytes.subarray(0, end)]).toString('utf8');
      this.#forget();
      this.#opened = true;
      this.#onOpening(text);
      bytes = bytes.subarray(end + 1);
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const whole = this.#restBytes + end;
      const chunks = [...this.#rest, bytes.subarray(0, end)];
      this.#forget();
      this.#onLines(chunks, whole);
    }
    if (end < bytes.length) this.#keep(bytes.subarray(end));
    if (this.#restBytes > MAX_LINE_BYTES) throw new Error('a line that is too long');
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(bytes);
    this.#restBytes += bytes.length;
  }

  #forget(): void {
    this.#rest = [];
    this.#restBytes = 0;
  }
}
