import { setTimeout as wait } from 'node:timers/promises';
import { connect, headers, type NatsConnection } from 'nats.ws';
import { WebSocket } from 'ws';
import { messageOf } from '../base/errors.ts';
import { fitting } from './fitting.ts';
import { addressOf, identityFor, type NatsServer, trustFor } from './nats-server.ts';
import type { OutboxEvent, PublishOutcome } from './outbox-event.ts';

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
  publish(events: readonly OutboxEvent[]): Promise<PublishOutcome>;
  /** Resolves when the connection has ended, with the reason. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/**
 * One connection, which is not made again when it ends: the library's own reconnect could answer a PING on a new connection for messages
 * that were lost with the old one.
 * @throws NatsAway
 */
export async function openNats(server: NatsServer): Promise<NatsLink> {
  const address = addressOf(server);
  const { protocol, host } = new URL(address);
  let trouble: string | null = null;
  let socket: WebSocket | null = null as WebSocket | null;
  const wsFactory = () => {
    // ws, and not the global WebSocket, because it tells why a connection failed. To our address: the library forgets its path.
    const made = new WebSocket(address, { handshakeTimeout: CONNECT_TIMEOUT_MS, ...trustFor(server) });
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
    wsFactory,
  };
  let connection: NatsConnection;
  try {
    connection = await connect({ ...options, ...identityFor(server) });
  } catch (error) {
    socket?.terminate();
    throw new NatsAway(trouble ?? messageOf(error), { cause: error });
  }
  const forbidden = new Set<string>();
  void listen(connection, forbidden);
  let giveUp: (error: Error) => void = () => undefined;
  const close = async () => {
    giveUp(new Error('the connection is being closed'));
    await within(CLOSE_WAIT_MS, connection.close());
    // A server that does not answer does not take part in the closing handshake either.
    socket?.terminate();
  };
  const ended = connection
    .closed()
    .then((error) => trouble ?? (error === undefined ? 'the connection was closed' : error.message));

  /** Hands them over, and waits for the PONG. */
  async function handOver(events: readonly { readonly event: OutboxEvent; readonly fit: string }[]): Promise<void> {
    try {
      for (const { event, fit } of events) connection.publish(event.subject, fit, { headers: withId(event.eventId) });
      const closing = Promise.withResolvers<never>();
      giveUp = closing.reject;
      const acknowledged = await Promise.race([within(ACK_TIMEOUT_MS, connection.flush()), closing.promise]);
      if (!acknowledged) throw new Error(`no acknowledgement within ${ACK_TIMEOUT_MS / 1000} s`);
    } catch (error) {
      const said = messageOf(error);
      // The connection knows better why it ended than whoever waited on it.
      const why = (await Promise.race([ended, wait(CLOSE_WAIT_MS, null)])) ?? said;
      trouble ??= why;
      await close();
      throw new NatsAway(why, { cause: error });
    }
  }

  return {
    async publish(events) {
      forbidden.clear();
      const limit = (connection.info?.max_payload ?? DEFAULT_MAX_PAYLOAD) - HEADER_BYTES;
      const all = events.map((event) => ({ event, fit: fitting(event.payload, limit) }));
      const fits = all.filter(({ fit }) => Buffer.byteLength(fit) <= limit);
      const refused = all
        .filter(({ fit }) => Buffer.byteLength(fit) > limit)
        .map(({ event, fit }) => ({ event, why: `${Buffer.byteLength(fit)} bytes are more than NATS takes (${limit})` }));
      if (fits.length > 0) await handOver(fits);
      // What the server said before its PONG is heard a turn later.
      await new Promise((resolve) => setImmediate(resolve));
      const published = fits.flatMap(({ event }) => (forbidden.has(event.subject) ? [] : event));
      return { published, refused, forbidden: [...forbidden] };
    },
    ended,
    close,
  };
}

/** Hears which subjects the server forbids: it drops what is published on them, and answers PINGs as ever. */
async function listen(connection: NatsConnection, forbidden: Set<string>): Promise<void> {
  for await (const { permissionContext } of connection.status())
    if (permissionContext?.operation === 'publish') forbidden.add(permissionContext.subject);
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
