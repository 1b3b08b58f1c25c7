import type { Socket } from 'node:net';
import { PassThrough, Transform } from 'node:stream';
import { FixDuplex } from 'jspurefix/dist/transport/duplex/fix-duplex.js';
import type { FaultBoard } from './fault.ts';

/** The transport below jspurefix's session, where the faults happen that its session cannot be brought to commit. */
export class FaultyDuplex extends FixDuplex {
  readonly socket: Socket;
  garbleNext = 0;

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
        if (silent !== undefined) done();
        else if (slow !== undefined) setTimeout(() => done(null, bytes), slow.ms);
        else done(null, bytes);
      },
    });
    outbound.pipe(socket);
    this.writable = outbound;
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
