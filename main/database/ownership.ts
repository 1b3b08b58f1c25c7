import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { toError } from '../base/errors.ts';
import { monotonicMs } from '../base/monotonic.ts';
import { KeyedQueues } from '../base/serial-queue.ts';
import { type ConsoleIdentity, hasEnded } from './console-identity.ts';
import { DatabaseAway, type Query } from './database.ts';
import { holdConnection } from './dedicated-connection.ts';

/** First key of the two-key advisory lock: the name space of LP ownership ("LP" in ASCII). */
const LOCK_SPACE = 0x4c50;
/** With a beat and a Logon, what an LP is without a console at most when its console has died: 8 s. */
const LEASE_MS = 5_500;
const LEASE = `interval '${LEASE_MS} milliseconds'`;
/** Four beats may fail before a lease ends. */
const BEAT_MS = 1_000;
/** The server refuses before we call it silent, so that a statement which waits for a lock ends neither the connection nor our word. */
const LIMITS = { connectMs: 1_500, queryMs: 1_500, retryMs: 500 };
const SERVER_SIDE_LIMITS = {
  lock_timeout: '700',
  statement_timeout: '1000',
  idle_in_transaction_session_timeout: '1000',
  // A console that lost its network must not hold its locks: the server ends what says nothing for longer than a lease.
  idle_session_timeout: String(LEASE_MS),
  tcp_keepalives_idle: '2',
  tcp_keepalives_interval: '1',
  tcp_keepalives_count: '3',
};

/** A connection that is just being made, as at a start, is no reason to call the database away. */
const CONNECTING_MS = 2_000;

interface OwnershipLoss {
  readonly rivals: boolean;
  readonly leaseLeftMs: number;
}

/** The table does not say that another console owns the LP, and its lock is not to be had. */
class OwnerNotKnown extends Error {
  override readonly name = 'OwnerNotKnown';
  /** SQLSTATE lock_not_available. */
  readonly code = '55P03';
  constructor(provider: string) {
    super(
      `It cannot be told just now who owns ${provider}: the lease of this console has ended, or a connection that is being ended has its lock`,
    );
  }
}

export interface OwnershipConnection {
  /** @throws DatabaseAway when there is no connection within 2 s, or when it cannot be told who owns the LP */
  acquire(provider: string, refused?: number): Promise<number | null>;
  release(provider: string): Promise<void>;
  ownedUntilMs(): number | null;
  onLost(listener: (loss: OwnershipLoss) => void): () => void;
  onLease(listener: () => void): () => void;
  onFree(listener: (provider: string) => void): () => void;
  /** Gives up everything that is owned. */
  close(): Promise<void>;
}

/**
 * One owner per LP over all consoles on a database. `vfxlp_ownership` says who, as long as the lease of that console lives; the advisory lock ends
 * with the owner's connection. Whoever looks reads the table first.
 *
 * @param asks a person, before it takes over from a console that has died
 */
export function openOwnership(url: string, clock: Clock, self: ConsoleIdentity, asks = false): OwnershipConnection {
  const id = randomUUID();
  /** Epoch by provider. */
  const owned = new Map<string, number>();
  const losses = new Emitter<OwnershipLoss>();
  const leases = new Emitter<void>();
  const frees = new Emitter<string>();
  let toldFree = new Set<string>();
  let cancelLook: () => void = () => undefined;
  /** When the lease was last known to be renewed, by our clock before we asked for it. */
  let renewedMs = Number.NEGATIVE_INFINITY;
  /** Whether no other console was seen; the table says so one beat later. */
  let alone = false;
  /** The table says that we may stay: whoever comes waits for a person. Taken back before the table hears of it. */
  let mayStay = false;
  const connection = holdConnection(url, clock, {
    name: `owner ${id}`,
    beatMs: BEAT_MS,
    limits: LIMITS,
    onUp: async (query) => {
      for (const [name, value] of Object.entries(SERVER_SIDE_LIMITS)) {
        await query('SELECT set_config(name, $2, false) FROM pg_settings WHERE name = $1', [name, value]);
      }
      // Backends that we left behind may still wait somewhere, with our locks.
      await query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = current_setting('application_name') AND datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await renew(query, (told) =>
        query(
          `INSERT INTO vfxlp_consoles (console_id, name, host, folder, machine, pid, started, alone, asks, lease_until)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp() + ${LEASE})
           ON CONFLICT (console_id) DO UPDATE SET alone = excluded.alone, lease_until = excluded.lease_until, gone_by = NULL`,
          [id, self.name, self.host, self.folder, self.machine, self.pid, self.started, told, asks],
        ),
      );
      await query(
        `DELETE FROM vfxlp_consoles c WHERE lease_until < now() - interval '1 day'
           AND NOT EXISTS (SELECT FROM vfxlp_ownership o WHERE o.console_id = c.console_id)`,
      );
    },
    onDown: () => {
      owned.clear();
      losses.emit({ rivals: !mayStay, leaseLeftMs: Math.max(0, renewedMs + LEASE_MS - monotonicMs()) });
    },
    onBeat: (query) =>
      renew(query, async (told) => {
        const renewed = await query(
          `UPDATE vfxlp_consoles SET lease_until = clock_timestamp() + ${LEASE}, alone = $2
            WHERE console_id = $1 AND lease_until > clock_timestamp() RETURNING 1`,
          [id, told],
        );
        if (renewed.length === 0) throw new DatabaseAway('The lease of this console had ended: what it owns is asked for again');
      }),
  });

  /** Tells the table whether we know of others, renews the lease by `how`, and looks around. */
  async function renew(query: Query, how: (alone: boolean) => Promise<unknown>): Promise<void> {
    const told = alone;
    if (!told) mayStay = false;
    const askedMs = monotonicMs();
    await how(told);
    renewedMs = askedMs;
    const [seen] = await query(
      `SELECT EXISTS (SELECT FROM vfxlp_consoles WHERE console_id <> $1 AND lease_until > now()) AS others,
        ARRAY(SELECT provider || ' ' || epoch FROM vfxlp_ownership WHERE console_id = $1) AS mine,
        (SELECT ceil(extract(epoch FROM min(lease_until) - now()) * 1000)::int FROM vfxlp_consoles
          WHERE console_id <> $1 AND lease_until > now() AND NOT alone) AS first_end`,
      [id],
    );
    alone = seen?.['others'] !== true;
    mayStay = told && alone;
    const mine = new Set(seen?.['mine'] as string[]);
    for (const [provider, epoch] of owned)
      if (!mine.has(`${provider} ${epoch}`)) throw new DatabaseAway(`${provider} has had another owner since`);
    leases.emit();
    await look(query);
    // Whoever lives renews before that, and we see it at the next beat.
    const firstEndMs = seen?.['first_end'];
    cancelLook();
    if (typeof firstEndMs === 'number')
      cancelLook = clock.after(firstEndMs + 20, () =>
        look(query).catch((error: unknown) => connection.drop(query, toError(error))),
      );
  }

  /** Tells of the LPs whose owner's lease has ended. */
  async function look(query: Query): Promise<void> {
    const [seen] = await query(
      `SELECT ARRAY(SELECT provider || ' ' || epoch FROM vfxlp_ownership o LEFT JOIN vfxlp_consoles c USING (console_id)
                     WHERE o.console_id <> $1 AND (c.console_id IS NULL OR c.lease_until <= now() AND NOT c.alone)) AS free`,
      [id],
    );
    const free = new Set(seen?.['free'] as string[]);
    const before = toldFree;
    toldFree = free;
    for (const one of free) if (!before.has(one)) frees.emit(one.slice(0, one.lastIndexOf(' ')));
  }

  const connected = (query = connection.query()): Query => {
    if (query === null) throw new DatabaseAway('The database connection that proves ownership is being made again');
    return query;
  };

  async function take(query: Query, provider: string): Promise<number | null> {
    const ended = await consolesThatEnded(query, provider);
    const [taken] = await query('SELECT epoch::int, owner FROM vfxlp_take($1, $2, $3, $4)', [
      provider,
      id,
      ended,
      owned.has(provider),
    ]);
    if (connection.query() !== query) throw new DatabaseAway('The database connection that proves ownership was lost');
    const epoch = taken?.['epoch'];
    if (typeof epoch === 'number') {
      owned.set(provider, epoch);
      return epoch;
    }
    if (typeof taken?.['owner'] !== 'string') throw new OwnerNotKnown(provider);
    if (owned.delete(provider)) await unlock(query, provider);
    return null;
  }

  /** All or nothing: an answer that is not known leaves no lock behind. */
  async function takeOrNothing(provider: string): Promise<number | null> {
    const query = connected(await connection.soon(CONNECTING_MS));
    try {
      return await take(query, provider);
    } catch (error) {
      owned.delete(provider);
      if (error instanceof DatabaseAway) connection.drop(query, error);
      else await unlock(query, provider);
      throw error;
    }
  }

  /** A connection that does not let go of a lock is ended, and the lock with it. */
  async function unlock(query: Query, provider: string): Promise<void> {
    try {
      await query(
        `SELECT pg_advisory_unlock($1, hashtext($2)) FROM pg_locks
          WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND classid = $1::int::oid AND objid = (hashtext($2)::bigint & 4294967295)::oid`,
        [LOCK_SPACE, provider],
      );
    } catch (error) {
      connection.drop(query, toError(error));
      throw error;
    }
  }

  // One at a time per provider: advisory locks count, and two takers of one LP would both succeed.
  const turns = new KeyedQueues();

  async function giveUp(provider: string): Promise<void> {
    const query = connected();
    // Also what this connection does not know: it may be the one after that which took it.
    await query('UPDATE vfxlp_ownership SET console_id = NULL WHERE provider = $1 AND console_id = $2', [provider, id]);
    owned.delete(provider);
    await unlock(query, provider);
  }

  const ownedUntilMs = () => (mayStay ? null : renewedMs + LEASE_MS);
  return {
    acquire: (provider, refused) =>
      turns.run(provider, async () => {
        const epoch = owned.get(provider);
        return epoch === undefined || epoch === refused ? takeOrNothing(provider) : epoch;
      }),
    release: (provider) => turns.run(provider, () => giveUp(provider)),
    ownedUntilMs,
    onLost: losses.on,
    onLease: leases.on,
    onFree: frees.on,
    async close() {
      losses.clear();
      leases.clear();
      frees.clear();
      cancelLook();
      try {
        for (const provider of [...owned.keys()]) await turns.run(provider, () => giveUp(provider));
        await connection.query()?.('DELETE FROM vfxlp_consoles WHERE console_id = $1', [id]);
      } catch (error) {
        // Without a database there is nothing to give up: lock and lease end by themselves.
        if (!(error instanceof DatabaseAway)) throw error;
      }
      await connection.close();
    },
  };
}

/** The owner of an LP, when the system can tell that its process has ended: its lease need not be waited for. */
async function consolesThatEnded(query: Query, provider: string): Promise<readonly string[]> {
  const [owner] = await query(
    'SELECT console_id, machine, pid, started FROM vfxlp_ownership JOIN vfxlp_consoles USING (console_id) WHERE provider = $1',
    [provider],
  );
  if (owner === undefined) return [];
  const [machine, started] = [owner['machine'] as string | null, owner['started'] as string | null];
  return hasEnded({ machine, started, pid: Number(owner['pid']) }) ? [String(owner['console_id'])] : [];
}
