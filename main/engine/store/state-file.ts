import { closeSync, fsyncSync, readSync } from 'node:fs';
import { wordsOf } from '../../fix/codec/checksum.ts';
import { checkOf } from './check.ts';
import { openOrCreate, writeAll } from './index-file.ts';

/** nextIn (float64), whether a reset was wanted in files of before that had one of its own (1 byte), last used outbound number at that time (float64), check (uint32). */
const BYTES = 21;
const CHECKED_BYTES = 17;

/** What a session's state file holds beside the messages. */
export interface StoredState {
  readonly nextIn: number;
  /** The highest outbound number that was used when it was written. */
  readonly lastOut: number;
}

/** The inbound number: one small file, overwritten in place. */
export class StateFile {
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(BYTES);
  readonly #words = wordsOf(this.#bytes);

  constructor(path: string) {
    this.#fd = openOrCreate(path);
  }

  /** 'new': never written. 'damaged': what it said is not known. A file of before it had a check is taken as it is. */
  read(): (StoredState & { readonly resetPending: boolean }) | 'new' | 'damaged' {
    const got = readSync(this.#fd, this.#bytes, 0, BYTES, 0);
    if (got === 0) return 'new';
    const good =
      got === CHECKED_BYTES ||
      (got === BYTES && checkOf(this.#words, 0, CHECKED_BYTES) === this.#words.getUint32(CHECKED_BYTES, true));
    const nextIn = this.#words.getFloat64(0, true);
    const lastOut = this.#words.getFloat64(9, true);
    if (!good || !isNumber(nextIn - 1) || !isNumber(lastOut)) return 'damaged';
    return { nextIn, resetPending: this.#bytes[8] === 1, lastOut };
  }

  write({ nextIn, lastOut }: StoredState): void {
    this.#words.setFloat64(0, nextIn, true);
    this.#bytes[8] = 0;
    this.#words.setFloat64(9, lastOut, true);
    this.#words.setUint32(CHECKED_BYTES, checkOf(this.#words, 0, CHECKED_BYTES), true);
    writeAll(this.#fd, this.#bytes, BYTES, 0);
  }

  sync(): void {
    fsyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** As the index can hold it. */
function isNumber(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n < 0xffff_ffff;
}
