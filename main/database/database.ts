import pg from 'pg';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import { SerialQueue } from '../base/serial-queue.ts';
import { storable } from '../base/storable.ts';
import type { PartHealth } from '../contracts/lp-view.ts';
import { trackSockets } from './sockets.ts';

const PING_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 10_000;
const CLOSE_WAIT_MS = 2_000;
/** A console that is frozen in a transaction keeps its locks no longer than this: the publisher's, a row's. Longer than anything waits in one. */
const BEGIN = 'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 7000';

export type Row = Record<string, unknown>;
/** One statement; values stand for $1, $2 … */
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** The database cannot be reached; what was asked has not been done, or it is not known whether it has. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
  /** SQLSTATE connection_failure. */
  readonly code = '08006';
}

/** Pooled connections. Everything rejects with DatabaseAway while there is none; it comes back by itself. */
export interface Database {
  /** host:port/database, for people. */
  readonly where: string;
  readonly query: Query;
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  health(): PartHealth;
  /** Called when the health's state changes. Returns the function that unsubscribes. */
  onHealth(listener: (health: PartHealth) => void): () => void;
  close(): Promise<void>;
}

/** @param url  postgres://… */
export function openDatabase(url: string, clock: Clock): Database {
  const where = describeServer(url);
  const sockets = trackSockets();
  const pool = new pg.Pool({
    connectionString: url,
    stream: sockets.create,
    max: 8,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    // Over TLS: who stands between us and the server cannot pass the proof of the password on.
    enableChannelBinding: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    application_name: 'vfxlp-console',
  });
  const changes = new Emitter<PartHealth>();
  let health: PartHealth = { state: 'down', text: `No connection to PostgreSQL at ${where} yet`, sinceMs: clock.nowMs() };
  let closed = false;

  const set = (state: 'ok' | 'down', text: string) => {
    if (closed || state === health.state) return;
    health = { state, text, sinceMs: clock.nowMs() };
    changes.emit(health);
  };
  const away = (error: unknown) => {
    set('down', `No connection to PostgreSQL at ${where}: ${messageOf(error)}`);
    return new DatabaseAway(`PostgreSQL at ${where} cannot be reached: ${messageOf(error)}`, { cause: error });
  };
  // An idle connection that breaks is announced here; without a listener it would end the process.
  pool.on('error', away);

  async function withConnection<T>(work: (query: Query) => Promise<T>): Promise<T> {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      // Whatever the server said: without a connection it is away, and the health says why.
      throw away(error);
    }
    // A connection that breaks between two statements; the next statement reports it.
    const note = () => undefined;
    client.on('error', note);
    try {
      const value = await work(queryOn(client, away));
      set('ok', `PostgreSQL at ${where}`);
      client.release();
      return value;
    } catch (error) {
      client.release(error instanceof DatabaseAway);
      throw error;
    } finally {
      client.off('error', note);
    }
  }
  const query: Query = (text, values) => withConnection((run) => run(text, values));

  let cancelPing: () => void = () => undefined;
  const ping = () => {
    // Its outcome is the health.
    query('SELECT 1')
      .catch((error: unknown) => set('down', messageOf(error)))
      .finally(() => {
        if (!closed) cancelPing = clock.after(PING_MS, ping);
      });
  };
  ping();

  return {
    where,
    query,
    transaction: (work) =>
      withConnection(async (run) => {
        await run(BEGIN);
        try {
          const value = await work(run);
          await run('COMMIT');
          return value;
        } catch (error) {
          if (!(error instanceof DatabaseAway)) await run('ROLLBACK');
          throw error;
        }
      }),
    health: () => health,
    onHealth: changes.on,
    async close() {
      closed = true;
      cancelPing();
      await sockets.endWithin(CLOSE_WAIT_MS, pool.end());
    },
  };
}

/** host:port/database of a URL, or the folder of its socket, without the password. */
function describeServer(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  const host = decodeURIComponent(hostname);
  return host.startsWith('/') ? `${host} (${pathname.slice(1)})` : `${host}:${port === '' ? '5432' : port}${pathname}`;
}

/** Statements on one connection; an error that is not PostgreSQL's answer means that the connection is broken or silent. */
export function queryOn(client: pg.ClientBase, away: (error: unknown) => Error): Query {
  // One statement at a time: a connection has no room for a second, and pg no longer queues them.
  const turns = new SerialQueue();
  const run: Query = async (text, values = []) => {
    try {
      return (await client.query(text, values.map(storable))).rows;
    } catch (error) {
      throw isRefusal(error) ? error : away(error);
    }
  };
  return (text, values) => turns.run(() => run(text, values));
}

/** PostgreSQL answered, and said no to the statement (not: it is shutting down or starting, class 57P). */
function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !(error.code ?? '').startsWith('57P');
}
