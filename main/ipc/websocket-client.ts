import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Turns } from '../base/turns.ts';
import type { Actor } from '../contracts/audit.ts';
import type { ServerFrame } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import type { Door } from '../operations/door.ts';
import type { Log } from '../operations/ports.ts';
import type { Identity } from '../operations/tokens.ts';
import { Connection } from './connection.ts';
import { type Dispatcher, tooMany } from './dispatcher.ts';
import type { TailFactory } from './ports.ts';

/** Bytes waiting to be sent above which a client gets no pushes: it sees the gap in the counters later and asks for a snapshot. */
const SLOW_BYTES = 1_000_000;
/** Bytes waiting to be sent above which a client that goes on asking is cut off. */
const MAX_BUFFERED_BYTES = 16_000_000;
/** What is read at once, and a frame, from this size on has a turn of its own: taking a large frame apart costs milliseconds. */
const LARGE_BYTES = 16_000;
/** Requests of one client that run at a time. */
const MAX_RUNNING = 64;

/** RFC 6455, 7.4.1. */
const CLOSE = { goingAway: 1001, unsupportedData: 1003, policy: 1008 } as const;

const frameSchema = z.object({
  id: z.number().int().min(0),
  channel: z.unknown(),
  args: z.unknown(),
  notAfterMs: z.unknown().optional(),
});

export interface WebSocketClientParts {
  readonly dispatcher: Dispatcher;
  readonly tails: TailFactory;
  readonly log: Log;
  readonly door: Door;
  readonly turns: Turns;
}

/** One browser tab: requests in, answers and pushes out. Owns the socket from the upgrade on. */
export class WebSocketClient {
  readonly #socket: WebSocket;
  readonly #parts: WebSocketClientParts;
  readonly #connection: Connection;
  readonly #identity: Identity;
  #running = 0;
  #alive = true;

  /**
   * @param connection under the socket
   * @param onClosed called once, when the socket has gone
   */
  constructor(
    socket: WebSocket,
    connection: Duplex,
    identity: Identity,
    from: string,
    parts: WebSocketClientParts,
    onClosed: () => void,
  ) {
    const actor: Actor = { name: identity.name, role: identity.role, claimed: null, source: 'browser', from };
    this.#identity = identity;
    this.#socket = socket;
    this.#parts = parts;
    this.#connection = new Connection(
      actor,
      parts.tails,
      (payload) => this.push(JSON.stringify({ push: 'fixlog.lines', payload } satisfies ServerFrame)),
      () => this.#reads(),
    );
    connection.on('data', (chunk: Buffer) => {
      if (chunk.length >= LARGE_BYTES) void this.#turn();
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.#socket.close(CLOSE.unsupportedData, 'text frames only');
      else void this.#message(data as Buffer);
    });
    socket.on('pong', () => {
      this.#alive = true;
    });
    // The socket closes itself after an error; oversized and malformed frames end up here.
    socket.on('error', (error) => parts.log.warn({ err: error, from: actor.from }, 'WebSocket error'));
    socket.once('close', () => {
      void this.#closeTails();
      onClosed();
    });
  }

  /** Sends an encoded push, unless the client is behind. */
  push(frame: string): void {
    if (this.#socket.readyState === this.#socket.OPEN && this.#reads()) this.#socket.send(frame);
  }

  #reads(): boolean {
    return this.#socket.bufferedAmount < SLOW_BYTES;
  }

  /** Asks for a pong; ends a client that did not answer the ping before. */
  ping(): void {
    if (!this.#alive) {
      this.#socket.terminate();
      return;
    }
    this.#alive = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  /** Answers whether it was. */
  expelIfRevoked(): boolean {
    if (this.#parts.door.tokens.isCurrent(this.#identity)) return false;
    this.#socket.close(CLOSE.policy, 'the token has expired or was revoked');
    return true;
  }

  goAway(): void {
    this.#socket.close(CLOSE.goingAway, 'the console is shutting down');
  }

  terminate(): void {
    this.#socket.terminate();
  }

  async #message(data: Buffer): Promise<void> {
    if (this.expelIfRevoked()) return;
    if (data.length >= LARGE_BYTES && !(await this.#turn())) return;
    const frame = parseFrame(String(data));
    if (frame === null) {
      this.#socket.close(CLOSE.policy, 'not a request frame');
      return;
    }
    if (this.#running >= MAX_RUNNING) {
      this.#answer(frame.id, tooMany());
      return;
    }
    this.#running += 1;
    const result = await this.#parts.dispatcher.dispatch(frame.channel, frame.args, this.#connection, frame.notAfterMs);
    this.#running -= 1;
    this.#answer(frame.id, result);
  }

  /** What comes meanwhile stays in the network. */
  async #turn(): Promise<boolean> {
    this.#socket.pause();
    const mayGoOn = await this.#parts.turns.take(this);
    this.#socket.resume();
    if (!mayGoOn) this.#socket.close(CLOSE.policy, 'too many large frames at once');
    return mayGoOn;
  }

  #answer(id: number, result: Result<unknown>): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#parts.log.warn({ from: this.#connection.actor.from }, 'WebSocket client cut off: it asks and does not read');
      this.#socket.terminate();
      return;
    }
    this.#socket.send(JSON.stringify({ id, result } satisfies ServerFrame));
  }

  async #closeTails(): Promise<void> {
    try {
      await this.#connection.close();
    } catch (error) {
      this.#parts.log.error({ err: error }, 'A log tail could not be closed');
    }
  }
}

/** Null for what is not JSON, or carries no id to answer to. */
function parseFrame(text: string): z.infer<typeof frameSchema> | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not JSON: the same answer as any other frame that cannot be answered.
    return null;
  }
  return frameSchema.safeParse(json).data ?? null;
}
