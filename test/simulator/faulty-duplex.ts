import type { Socket } from 'node:net';
import { PassThrough, Transform } from 'node:stream';
import { FixDuplex } from 'jspurefix/dist/transport/duplex/fix-duplex.js';
import type { FaultBoard } from './fault.ts';

/** The transport below jspurefix's session, where the faults happen that its session cannot be brought to commit. */
export class FaultyDuplex extends FixDuplex {
  readonly socket: Socket;
  garbleNext = 0;
  /** What a slow LP has not sent yet, oldest first; due on the monotonic clock. */
  readonly #held: { readonly dueMs: number; readonly act: () => void }[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(socket: Socket, faults: FaultBoard) {
    super();
    this.socket = socket;
    // jspurefix emits a socket's error again where nobody can listen for it; to its session, a peer that vanished has ended.
    const inbound = new PassThrough();
    socket.pipe(inbound);
    socket.on('error', () => inbound.end());
    this.readable = inbound;
    // The session writes one whole message at a time.
    const outbound = new Transform({
      transform: (message: Buffer, _encoding, done) => {
        const garble = this.garbleNext > 0;
        if (garble) this.garbleNext -= 1;
        const bytes = garble ? withWrongCheckSum(message) : message;
        const { silent, slow } = faults.standing;
        if (silent === undefined) this.#late(slow?.ms ?? 0, () => outbound.push(bytes));
        done();
      },
      flush: (done) => this.#late(0, () => done()),
    });
    outbound.pipe(socket);
    this.writable = outbound;
  }

  /** Acts `ms` from now, and never before what was asked for earlier. */
  #late(ms: number, act: () => void): void {
    this.#held.push({ dueMs: performance.now() + ms, act });
    if (this.#timer === null) this.#release();
  }

  #release(): void {
    this.#timer = null;
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#release(), Math.ceil(waitMs));
        return;
      }
      this.#held.shift();
      next.act();
    }
  }

  /** Ends after what has been written. */
  override end(): void {
    this.writable.end();
  }

  override destroy(): void {
    this.socket.destroy();
  }
}

/** The message with another digit at the end of CheckSum(10). */
function withWrongCheckSum(message: Buffer): Buffer {
  const changed = Buffer.from(message);
  const lastDigit = changed.length - 2;
  changed[lastDigit] = changed[lastDigit] === 0x30 ? 0x31 : 0x30;
  return changed;
}
