import { lookup } from 'node:dns';
import { isIP, Socket, type SocketConstructorOpts } from 'node:net';
import type { DisconnectReason, ReasonCode } from '../contracts/disconnect-reason.ts';
import type { LocalEnd } from '../contracts/local-end.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** A reader this far behind does not read: 16 MiB. */
const SLOW_CONSUMER_BYTES = 16 * 1024 * 1024;
/** A resend pauses while more than this waits to be written. */
const WRITABLE_BYTES = 256 * 1024;
const READ_BYTES = 64 * 1024;
/** Between our FIN and the end of the socket by force. */
const LINGER_MS = 100;

export interface TransportListener {
  resolved(address: string, durationMs: number): void;
  connected(address: string, durationMs: number): void;
  /** bytes[0, length) are valid during the call. */
  received(bytes: Uint8Array, length: number): void;
  /** What was waiting has been written. */
  drained(): void;
  /** The connection has ended or could not be made, and the socket is gone. Null: by `close`. */
  closed(reason: DisconnectReason | null): void;
}

/** Options of net.Socket that its types leave out: reading into one buffer of ours, without an allocation per read. */
type ReadingSocketOptions = SocketConstructorOpts & {
  readonly onread: { readonly buffer: Uint8Array; readonly callback: (length: number, buffer: Uint8Array) => boolean };
};

/** One connection, by TCP from the name or by the Unix socket of a tunnel, to the last byte. Writes are gathered until `flush`. Made for one attempt, not used again. */
export class Transport {
  readonly #listener: TransportListener;
  readonly #target: LocalEnd;
  #socket: Socket | null = null;
  #batch = Buffer.allocUnsafeSlow(READ_BYTES);
  #batchLength = 0;
  #timer: NodeJS.Timeout | null = null;
  #reason: DisconnectReason | null = null;
  #closing = false;
  #ended = false;

  constructor(target: LocalEnd, listener: TransportListener) {
    this.#target = target;
    this.#listener = listener;
  }

  /** Resolves the name, trying its addresses in the order that the resolver gives. */
  open(): void {
    const target = this.#target;
    if ('path' in target || isIP(target.host) !== 0) {
      this.#dial(['path' in target ? target.path : target.host]);
      return;
    }
    const { host } = target;
    const startMs = performance.now();
    lookup(host, { all: true }, (error, addresses) => {
      if (this.#ended) return;
      const first = addresses?.[0];
      if (error !== null || first === undefined) {
        this.#end({ code: 'dns-failed', detail: `${host}: ${error?.code ?? 'no address'}` });
        return;
      }
      this.#listener.resolved(first.address, performance.now() - startMs);
      this.#dial(addresses.map(({ address }) => address));
    });
  }

  #dial(addresses: readonly string[]): void {
    const [address, ...others] = addresses;
    if (address === undefined) return;
    const startMs = performance.now();
    const socket = new Socket({
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (length, buffer) => {
          if (!this.#closing) this.#listener.received(buffer, length);
          return true;
        },
      },
    } as ReadingSocketOptions);
    this.#socket = socket;
    let connected = false;
    const giveUp = (reason: DisconnectReason): void => {
      socket.destroy();
      if (others.length > 0 && !this.#ended) this.#dial(others);
      else this.#end(reason);
    };
    const target = this.#target;
    const where = 'path' in target ? target.path : `${address}:${target.port}`;
    this.#timer = setTimeout(() => giveUp({ code: 'tcp-timeout', detail: where }), CONNECT_TIMEOUT_MS);
    socket.setNoDelay(true);
    socket.on('connect', () => {
      connected = true;
      this.#clearTimer();
      this.#listener.connected(address, performance.now() - startMs);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#clearTimer();
      const reason = reasonOf(error, where);
      if (connected) this.#reason ??= reason;
      else giveUp(reason);
    });
    socket.on('drain', () => this.#listener.drained());
    // Half-open is of no use in FIX: Node answers the peer's FIN, and `close` follows.
    socket.on('end', () => {
      this.#reason ??= { code: 'tcp-closed' };
    });
    socket.on('close', () => {
      if (connected) this.#end(this.#reason ?? { code: 'tcp-closed' });
    });
    socket.connect('path' in target ? target : { host: address, port: target.port });
  }

  /** Reads no further, or reads on; what the peer sends meanwhile waits with the system. */
  holdBack(held: boolean): void {
    if (held) this.#socket?.pause();
    else this.#socket?.resume();
  }

  /** Gathers bytes for the next `flush`. */
  write(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (this.#batchLength + length > this.#batch.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#batch.length * 2, this.#batchLength + length));
      larger.set(this.#batch.subarray(0, this.#batchLength));
      this.#batch = larger;
    }
    this.#batch.set(bytes.subarray(from, to), this.#batchLength);
    this.#batchLength += length;
  }

  /** False while so much waits that a resend should pause; `drained` follows. */
  get writable(): boolean {
    return this.#batchLength + (this.#socket?.writableLength ?? 0) < WRITABLE_BYTES;
  }

  /** Writes what was gathered. A peer that does not read is disconnected when 16 MiB wait for it. */
  flush(): void {
    const socket = this.#socket;
    if (this.#batchLength === 0) return;
    const length = this.#batchLength;
    this.#batchLength = 0;
    if (socket === null || this.#ended || !socket.writable) return;
    const bytes = this.#batch.subarray(0, length);
    const behind = socket.writableLength > 0;
    socket.write(behind ? Buffer.from(bytes) : bytes);
    if (socket.writableLength === 0) return;
    // The kernel has not taken it all: the socket keeps what it was given.
    if (!behind) this.#batch = Buffer.allocUnsafeSlow(READ_BYTES);
    if (socket.writableLength > SLOW_CONSUMER_BYTES) {
      this.#reason = { code: 'slow-consumer', detail: `${socket.writableLength} bytes wait` };
      socket.destroy();
    }
  }

  /** Ends the connection after what was flushed; `closed(null)` follows, after 100 ms at most. */
  close(): void {
    if (this.#closing || this.#ended) return;
    this.#closing = true;
    const socket = this.#socket;
    this.#clearTimer();
    if (socket === null || socket.connecting || socket.destroyed) {
      socket?.destroy();
      queueMicrotask(() => this.#end(null));
      return;
    }
    this.#timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.end();
  }

  /** Ends the connection at once. `closed(null)` follows. */
  destroy(): void {
    this.#closing = true;
    this.#socket?.destroy();
    this.#end(null);
  }

  #end(reason: DisconnectReason | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#clearTimer();
    this.#listener.closed(this.#closing ? null : reason);
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const CODES: Readonly<Record<string, ReasonCode>> = {
  ECONNREFUSED: 'tcp-refused',
  EHOSTUNREACH: 'tcp-unreachable',
  ENETUNREACH: 'tcp-unreachable',
  EADDRNOTAVAIL: 'tcp-unreachable',
  ETIMEDOUT: 'tcp-timeout',
  ECONNRESET: 'tcp-reset',
  EPIPE: 'tcp-reset',
};

function reasonOf(error: NodeJS.ErrnoException, where: string): DisconnectReason {
  const code = error.code ?? 'unknown error';
  return { code: CODES[code] ?? 'tcp-closed', detail: `${code} ${where}` };
}
