import type { Readable } from 'node:stream';

/** Enough for what V8 says when it gives up, its stack trace included. */
const KEPT_CHARS = 16_384;
/** After the process has ended; its pipe is read within milliseconds. */
const WAIT_MS = 500;
const OUT_OF_MEMORY = /heap out of memory|process out of memory|Reached heap limit|OOM error in V8/;

/** Passes on what a child process writes to its standard error, and keeps its end: why V8 gave up stands there and nowhere else. */
export class LastWords {
  readonly #stream: Readable | null;
  #text = '';

  /** @param stream null: there is none, and nothing to wait for */
  constructor(stream: Readable | null, passOn: (chunk: Uint8Array) => void) {
    this.#stream = stream;
    stream?.on('data', (chunk: Buffer) => {
      passOn(chunk);
      this.#text = `${this.#text}${chunk.toString('latin1')}`.slice(-KEPT_CHARS);
    });
    // A pipe that breaks with its process; `close` follows.
    stream?.on('error', () => undefined);
  }

  /** Calls back once all has been read of a process that has ended, or half a second has passed. */
  whenRead(done: () => void): void {
    const stream = this.#stream;
    if (stream === null || stream.closed || stream.readableEnded) {
      done();
      return;
    }
    let called = false;
    const once = (): void => {
      if (called) return;
      called = true;
      clearTimeout(timer);
      done();
    };
    const timer = setTimeout(once, WAIT_MS);
    stream.once('end', once).once('close', once);
  }

  get sayOutOfMemory(): boolean {
    return OUT_OF_MEMORY.test(this.#text);
  }
}
