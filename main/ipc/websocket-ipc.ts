import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Turns } from '../base/turns.ts';
import { type ServerFrame, WS_PROTOCOL } from '../contracts/ipc.ts';
import type { Access } from '../operations/access.ts';
import type { ConsoleFeed } from '../operations/console-feed.ts';
import type { Door } from '../operations/door.ts';
import type { Log } from '../operations/ports.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { TailFactory } from './ports.ts';
import { WebSocketClient } from './websocket-client.ts';
import { offeredToken, type Refusal, refuseUpgrade } from './websocket-door.ts';

/** Bytes of one frame from a browser: a draft with everything in it is far smaller. */
const MAX_FRAME_BYTES = 1_000_000;
const PING_EVERY_MS = 15_000;
const CLOSE_WAIT_MS = 1_000;
const MAX_CLIENTS = 64;

export interface WebSocketIpcParts {
  readonly dispatcher: Dispatcher;
  readonly feed: Pick<ConsoleFeed, 'subscribe'>;
  readonly tails: TailFactory;
  readonly door: Door;
  readonly turns: Turns;
  readonly access: Access;
  readonly clock: Clock;
  readonly log: Log;
}

/** The contract over WebSocket, for the browser console. The HTTP server hands its upgrades on WS_PATH to `handleUpgrade`. */
export class WebSocketIpc {
  readonly #parts: WebSocketIpcParts;
  readonly #server: WebSocketServer;
  readonly #clients = new Set<WebSocketClient>();
  readonly #unsubscribe: () => void;
  readonly #unwatch: () => void;
  #cancelPing: () => void;
  #closing = false;
  #allGone: (() => void) | null = null;

  constructor(parts: WebSocketIpcParts) {
    this.#parts = parts;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      handleProtocols: () => WS_PROTOCOL,
    });
    this.#unsubscribe = parts.feed.subscribe({
      delta: (payload) => this.#push({ push: 'console.delta', payload }),
      timeline: (payload) => this.#push({ push: 'timeline', payload }),
    });
    this.#cancelPing = this.#pingLater();
    this.#unwatch = parts.door.tokens.onChange(() => this.#expelRevoked());
  }

  /** Takes an upgrade request over, or refuses it with an HTTP status and closes the socket. Never throws. Errors of the socket are the server's to hear. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { door, access } = this.#parts;
    const caller = access.caller(request.headers, request.socket.remoteAddress);
    const { from } = caller;
    const full = this.#closing || this.#clients.size >= MAX_CLIENTS;
    const refusal = full ? BUSY : refuseUpgrade(request.headers, caller, access);
    if (refusal !== null) {
      refuse(socket, refusal);
      return;
    }
    const identity = door.identify(offeredToken(request.headers), from);
    if (identity === null) {
      void door.penalty(from).then((answer) => (answer ? refuse(socket, WRONG_TOKEN) : socket.destroy()));
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const client = new WebSocketClient(webSocket, socket, identity, from, this.#parts, () => {
        this.#clients.delete(client);
        if (this.#clients.size === 0) this.#allGone?.();
      });
      this.#clients.add(client);
    });
  }

  /** Says goodbye to every client; cuts off those that do not answer within a second. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#unsubscribe();
    this.#unwatch();
    this.#cancelPing();
    if (this.#clients.size === 0) return;
    const gone = new Promise<void>((resolve) => {
      this.#allGone = resolve;
    });
    const cancel = this.#parts.clock.after(CLOSE_WAIT_MS, () => {
      for (const client of this.#clients) client.terminate();
    });
    for (const client of this.#clients) client.goAway();
    await gone;
    cancel();
  }

  /** Encoded once for all. */
  #push(frame: ServerFrame): void {
    if (this.#clients.size === 0) return;
    const text = JSON.stringify(frame);
    for (const client of this.#clients) client.push(text);
  }

  /** Ends the tabs whose token was revoked or has expired. */
  #expelRevoked(): void {
    for (const client of this.#clients) client.expelIfRevoked();
  }

  #pingLater(): () => void {
    return this.#parts.clock.after(PING_EVERY_MS, () => {
      this.#expelRevoked();
      for (const client of this.#clients) client.ping();
      this.#cancelPing = this.#pingLater();
    });
  }
}

function refuse(socket: Duplex, { status, text }: Refusal | typeof BUSY): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    () => socket.destroy(),
  );
}

const WRONG_TOKEN = { status: 401, text: 'Token missing or wrong' } as const;
const BUSY = { status: 503, text: 'The console takes no more connections now' } as const;
