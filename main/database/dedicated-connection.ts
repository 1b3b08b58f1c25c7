import pg from 'pg';
import { backoffMs } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf, toError } from '../base/errors.ts';
import { DatabaseAway, type Query, queryOn } from './database.ts';
import { trackSockets } from './sockets.ts';

const RECONNECT = { baseMs: 250, factor: 2 };
/** A beat that is not answered within queryMs ends the connection; the longest wait before it is made again is retryMs. */
const LIMITS = { connectMs: 5_000, queryMs: 4_000, retryMs: 5_000 };
const CLOSE_WAIT_MS = 1_000;
const BEAT_MS = 5_000;

/** One connection that is held for what it is, not borrowed from the pool: made again, with growing waits, whenever it ends. */
export interface DedicatedConnection {
  /** Statements on this connection; null while there is none. */
  query(): Query | null;
  /** As `query`; while the connection is being made it is waited for, at most `withinMs`. */
  soon(withinMs: number): Promise<Query | null>;
  /** Ends the connection on which these statements run, if it still counts: it is made again. */
  drop(query: Query, error: Error): void;
  close(): Promise<void>;
}

export interface ConnectionUse {
  readonly name: string;
  /** Runs on every new connection before it counts. */
  readonly onUp: (query: Query) => Promise<void>;
  /** The connection that counted is gone. */
  readonly onDown: (error: Error) => void;
  /** Between beats; 5 s unless said otherwise. */
  readonly beatMs?: number;
  readonly limits?: { readonly connectMs: number; readonly queryMs: number; readonly retryMs: number };
  /** Runs at every beat; when it rejects, the connection is ended. */
  readonly onBeat: (query: Query) => Promise<void>;
  readonly onNotice?: (payload: string) => void;
}

/** @param url  postgres://… */
export function holdConnection(url: string, clock: Clock, use: ConnectionUse): DedicatedConnection {
  let current: { readonly client: pg.Client; readonly query: Query; up: boolean } | null = null;
  const { connectMs, queryMs, retryMs } = use.limits ?? LIMITS;
  let failures = 0;
  let closed = false;
  let cancel: () => void = () => undefined;
  let connecting: Promise<void> = Promise.resolve();
  const sockets = trackSockets();
  const waiting = new Set<() => void>();
  const query = () => (current?.up === true ? current.query : null);

  const retry = () => {
    if (closed) return;
    cancel = clock.after(backoffMs({ ...RECONNECT, capMs: retryMs }, failures), () => {
      connecting = connect();
    });
    failures += 1;
  };

  const lost = (client: pg.Client, error: Error) => {
    if (current?.client !== client) return;
    const wasUp = current.up;
    current = null;
    cancel();
    end(client);
    if (wasUp) use.onDown(error);
    retry();
  };

  async function connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      stream: sockets.create,
      connectionTimeoutMillis: connectMs,
      query_timeout: queryMs,
      // Over TLS: who stands between us and the server cannot pass the proof of the password on.
      enableChannelBinding: true,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      application_name: `vfxlp-console ${use.name}`,
    });
    const query = queryOn(client, (error) => new DatabaseAway(messageOf(error), { cause: error }));
    client.on('error', (error) => lost(client, error));
    client.on('end', () => lost(client, new Error('the server closed the connection')));
    client.on('notification', (notice) => use.onNotice?.(notice.payload ?? ''));
    try {
      await client.connect();
      if (closed) return end(client);
      // Known before the first statement, so that a connection that ends during it is seen as lost.
      const mine = { client, query, up: false };
      current = mine;
      await use.onUp(query);
      failures = 0;
      if (current !== mine) return;
      mine.up = true;
      for (const tell of [...waiting]) tell();
      beatLater(client, query);
    } catch (error) {
      if (current?.client === client) lost(client, toError(error));
      else {
        end(client);
        if (current === null) retry();
      }
    }
  }

  const beatLater = (client: pg.Client, query: Query) => {
    cancel = clock.after(use.beatMs ?? BEAT_MS, () => {
      use.onBeat(query).then(
        () => {
          if (current?.client === client) beatLater(client, query);
        },
        (error: unknown) => lost(client, toError(error)),
      );
    });
  };

  connecting = connect();
  return {
    query,
    async soon(withinMs) {
      if (query() === null && !closed) {
        await new Promise<void>((resolve) => {
          const tell = () => {
            cancelWait();
            waiting.delete(tell);
            resolve();
          };
          const cancelWait = clock.after(withinMs, tell);
          waiting.add(tell);
        });
      }
      return query();
    },
    drop(query, error) {
      if (current?.query === query) lost(current.client, error);
    },
    async close() {
      closed = true;
      cancel();
      for (const tell of [...waiting]) tell();
      const client = current?.client;
      current = null;
      await sockets.endWithin(CLOSE_WAIT_MS, client === undefined ? Promise.resolve() : client.end());
      await connecting;
    },
  };
}

/** Ends a connection that nobody waits for; one that is broken cannot say goodbye, and that is all that can fail. */
function end(client: pg.Client): void {
  client.end().catch(() => undefined);
}
