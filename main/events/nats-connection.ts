import { setTimeout as wait } from 'node:timers/promises';
import { connect, headers, type NatsConnection } from 'nats.ws';
import { WebSocket } from 'ws';
import { messageOf } from '../base/errors.ts';
import { fitting } from './fitting.ts';
import type { OutboxEvent } from './outbox.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const ACK_TIMEOUT_MS = 5_000;
const PING_MS = 5_000;
const CLOSE_WAIT_MS = 500;
/** JetStream drops a message whose id it has stored; a server without JetStream ignores the header. */
const MESSAGE_ID_HEADER = 'Nats-Msg-Id';
/** Of a server that does not say. */
const DEFAULT_MAX_PAYLOAD = 1024 * 1024;
/** The server counts them too; ours take about 70. */
const HEADER_BYTES = 256;

/** No connection to NATS, or the server did not acknowledge. */
export class NatsAway extends Error {
  override readonly name = 'NatsAway';
}

export interface NatsLink {
  /**
   * Resolves when the server has processed all events: the PONG to a PING sent behind them. Rejects with NatsAway otherwise; each event
   * may then have been published or not.
   */
  publish(events: readonly OutboxEvent[]): Promise<void>;
  /** Resolves when the connection has ended, with the reason. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/**
 * One connection, which is not made again when it ends: the library's own reconnect could answer a PING on a new connection for messages
 * that were lost with the old one.
 * @param url  ws:// or wss://, with user:password@ or token@ if the server asks for them
 * @throws NatsAway
 */
export async function openNats(url: string): Promise<NatsLink> {
  const { username, password, host, protocol } = new URL(url);
  let trouble: string | null = null;
  let socket: WebSocket | null = null as WebSocket | null;
  const wsFactory = (address: string) => {
    // ws, and not the global WebSocket, because it tells why a connection failed.
    const made = new WebSocket(address, { handshakeTimeout: CONNECT_TIMEOUT_MS });
    socket = made;
    made.on('error', (error) => {
      trouble = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
    });
    return Promise.resolve({ socket: made, encrypted: protocol === 'wss:' });
  };
  const options = {
    servers: `${protocol}//${host}`,
    name: 'vfxlp-console',
    reconnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    noEcho: true,
    ...credentials(decodeURIComponent(username), decodeURIComponent(password)),
    wsFactory,
  };
  let connection: NatsConnection;
  try {
    connection = await connect(options);
  } catch (error) {
    socket?.terminate();
    throw new NatsAway(trouble ?? String(error), { cause: error });
  }
  let giveUp: (error: Error) => void = () => undefined;
  const close = async () => {
    giveUp(new Error('the connection is being closed'));
    await within(CLOSE_WAIT_MS, connection.close());
    // A server that does not answer does not take part in the closing handshake either.
    socket?.terminate();
  };
  return {
    async publish(events) {
      try {
        const limit = (connection.info?.max_payload ?? DEFAULT_MAX_PAYLOAD) - HEADER_BYTES;
        for (const { eventId, subject, payload } of events)
          connection.publish(subject, fitting(payload, limit), { headers: withId(eventId) });
        const closing = Promise.withResolvers<never>();
        giveUp = closing.reject;
        const acknowledged = await Promise.race([within(ACK_TIMEOUT_MS, connection.flush()), closing.promise]);
        if (!acknowledged) throw new Error(`no acknowledgement within ${ACK_TIMEOUT_MS / 1000} s`);
      } catch (error) {
        const said = messageOf(error);
        trouble ??= said;
        await close();
        throw new NatsAway(said, { cause: error });
      }
    },
    ended: connection.closed().then((error) => trouble ?? (error === undefined ? 'the connection was closed' : error.message)),
    close,
  };
}

function withId(eventId: string) {
  const header = headers();
  header.set(MESSAGE_ID_HEADER, eventId);
  return header;
}

/** Whether `done` resolved within that time. */
async function within(ms: number, done: Promise<void>): Promise<boolean> {
  const deadline = new AbortController();
  try {
    return await Promise.race([done.then(() => true), wait(ms, false, { signal: deadline.signal })]);
  } finally {
    deadline.abort();
  }
}

function credentials(user: string, pass: string) {
  if (user === '') return {};
  return pass === '' ? { token: user } : { user, pass };
}
