const NEWLINE = 0x0a;

/** The last lines of a stream of bytes, and the count of those that were left out: work and memory are bounded by the bytes read, not the lines. */
export class LineWindow {
  readonly #size: number;
  readonly #maxLineBytes: number;
  #lines: Buffer[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #skipped = 0;
  /** Within a line that is too long, until its end. */
  #discarding = false;

  /** @param size lines kept until `take`; a line longer than `maxLineBytes` counts as skipped. */
  constructor(size: number, maxLineBytes: number) {
    this.#size = size;
    this.#maxLineBytes = maxLineBytes;
  }

  /** Adds bytes as they stand in the file; the window keeps parts of them. */
  push(bytes: Buffer): void {
    const begin = this.#discarding ? bytes.indexOf(NEWLINE) + 1 : 0;
    if (this.#discarding && begin === 0) return;
    this.#discarding = false;
    const last = bytes.lastIndexOf(NEWLINE);
    if (last < begin) {
      this.#hold(bytes.subarray(begin));
      return;
    }
    const first = bytes.subarray(begin, last);
    const whole = this.#rest.length === 0 ? first : Buffer.concat([this.#rest, first]);
    this.#rest = Buffer.alloc(0);
    this.#hold(bytes.subarray(last + 1));
    const count = countLines(whole);
    const kept = lastLines(whole, this.#size);
    this.#lines.push(...kept);
    this.#skipped += count - kept.length;
    const over = this.#lines.length - this.#size;
    if (over > 0) {
      this.#lines.splice(0, over);
      this.#skipped += over;
    }
  }

  /** Keeps the beginning of a line until the rest of it comes. */
  #hold(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (this.#rest.length <= this.#maxLineBytes) return;
    this.#rest = Buffer.alloc(0);
    this.#discarding = true;
    this.#skipped += 1;
  }

  /** The lines since the last call, oldest first, and how many before them were left out. */
  take(): { readonly lines: readonly string[]; readonly skipped: number } {
    const taken = { lines: this.#lines.map((line) => line.toString('utf8')), skipped: this.#skipped };
    this.#lines = [];
    this.#skipped = 0;
    return taken;
  }

  /** Forgets a line that was begun: the file that it stood in has ended. */
  endFile(): void {
    this.#rest = Buffer.alloc(0);
    this.#discarding = false;
  }
}

function countLines(bytes: Buffer): number {
  let count = 1;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** At most `size` lines from the end of `bytes`, which has no newline after its last line. */
function lastLines(bytes: Buffer, size: number): Buffer[] {
  const lines: Buffer[] = [];
  let end = bytes.length;
  while (lines.length < size && end >= 0) {
    const before = end === 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1);
    lines.push(bytes.subarray(before + 1, end));
    end = before;
  }
  return lines.reverse();
}
