import { connect, headers, type NatsConnection } from 'nats.ws';
import { WebSocket } from 'ws';
import type { OutboxEvent } from './outbox.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const ACK_TIMEOUT_MS = 5_000;
const PING_MS = 5_000;
/** JetStream drops a message whose id it has stored; a server without JetStream ignores the header. */
const MESSAGE_ID_HEADER = 'Nats-Msg-Id';

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
  const wsFactory = (address: string) => {
    // ws, and not the global WebSocket, because it tells why a connection failed.
    const socket = new WebSocket(address, { handshakeTimeout: CONNECT_TIMEOUT_MS });
    socket.on('error', (error) => {
      trouble = error instanceof AggregateError ? error.errors.map(String).join('; ') : error.message;
    });
    return Promise.resolve({ socket, encrypted: protocol === 'wss:' });
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
    throw new NatsAway(trouble ?? String(error), { cause: error });
  }
  const ended = connection
    .closed()
    .then((error) => trouble ?? (error === undefined ? 'the connection was closed' : error.message));
  return {
    publish: (events) => publish(connection, events),
    ended,
    close: () => connection.close(),
  };
}

async function publish(connection: NatsConnection, events: readonly OutboxEvent[]): Promise<void> {
  let deadline: NodeJS.Timeout | undefined;
  try {
    for (const { eventId, subject, payload } of events) {
      const header = headers();
      header.set(MESSAGE_ID_HEADER, eventId);
      connection.publish(subject, payload, { headers: header });
    }
    await Promise.race([
      connection.flush(),
      new Promise<never>((_, reject) => {
        deadline = setTimeout(() => reject(new Error(`no acknowledgement within ${ACK_TIMEOUT_MS / 1000} s`)), ACK_TIMEOUT_MS);
      }),
      connection.closed().then(() => {
        throw new Error('the connection ended before the acknowledgement');
      }),
    ]);
  } catch (error) {
    await connection.close();
    throw new NatsAway(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    clearTimeout(deadline);
  }
}

function credentials(user: string, pass: string) {
  if (user === '') return {};
  return pass === '' ? { token: user } : { user, pass };
}
