import { hostname } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { isErrno } from '../base/errors.ts';
import { KeyedQueues } from '../base/serial-queue.ts';
import { DatabaseAway, type Query } from './database.ts';
import { holdConnection } from './dedicated-connection.ts';

/** First key of the two-key advisory lock: the name space of LP ownership ("LP" in ASCII). */
const LOCK_SPACE = 0x4c50;
/** A lease is good for 15 s and renewed every 5 s; a console notices the loss of its connection within 9 s, so before its lease ends. */
const LEASE_MS = 15_000;
const LEASE = `interval '${LEASE_MS} milliseconds'`;
/** The server, too, ends a connection that says nothing, and with it the locks: a console that lost its network must not hold them for hours. */
const SERVER_SIDE_LIMITS = {
  idle_session_timeout: '15s',
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '3',
};

/** A connection that is just being made, as at a start, is no reason to call the database away. */
const CONNECTING_MS = 2_000;

interface OwnershipLoss {
  readonly rivals: boolean;
  readonly leaseLeftMs: number;
}

export interface OwnershipConnection {
  /** @throws DatabaseAway when there is no connection within 2 s */
  acquire(provider: string): Promise<boolean>;
  release(provider: string): Promise<void>;
  onLost(listener: (loss: OwnershipLoss) => void): () => void;
  /** Gives up everything that is owned. */
  close(): Promise<void>;
}

/** host/pid of this process, as it stands in the column `owner`. */
export const ownerName = (host = hostname(), pid = process.pid): string => `${host}/${pid}`;

/**
 * One owner per LP over all consoles on a database: an advisory lock, and a lease in the row. The lock is the server's word and ends with the
 * connection; the lease covers the time in which a console that lost its connection has not yet logged out, so both are needed to take an LP.
 * @param owner  see ownerName
 */
export function openOwnership(url: string, clock: Clock, owner = ownerName()): OwnershipConnection {
  const owned = new Set<string>();
  const losses = new Emitter<OwnershipLoss>();
  /** When the leases were last known to be renewed, by our clock before we asked for it. */
  let renewedMs = clock.nowMs();
  let rivals = false;
  const connection = holdConnection(url, clock, {
    name: 'owner',
    onUp: async (query) => {
      renewedMs = clock.nowMs();
      for (const [name, value] of Object.entries(SERVER_SIDE_LIMITS)) {
        await query('SELECT set_config(name, $2, false) FROM pg_settings WHERE name = $1', [name, value]);
      }
      rivals = await hasRivals(query);
    },
    onDown: () => {
      owned.clear();
      const leaseLeftMs = Math.max(0, renewedMs + LEASE_MS - clock.nowMs());
      losses.emit({ rivals, leaseLeftMs });
    },
    onBeat: async (query) => {
      rivals = await hasRivals(query);
      const askedMs = clock.nowMs();
      await query(
        `UPDATE "vfx_LPProviderConfig" SET owner = $1, owner_lease_until = now() + ${LEASE} WHERE "Provider" = ANY($2)`,
        [owner, [...owned]],
      );
      renewedMs = askedMs;
    },
  });

  const connected = (query = connection.query()): Query => {
    if (query === null) throw new DatabaseAway('The database connection that proves ownership is being made again');
    return query;
  };
  const unlock = (query: Query, provider: string) => query('SELECT pg_advisory_unlock($1, hashtext($2))', [LOCK_SPACE, provider]);

  async function take(provider: string): Promise<boolean> {
    const query = connected(await connection.soon(CONNECTING_MS));
    const [lock] = await query('SELECT pg_try_advisory_lock($1, hashtext($2)) AS taken', [LOCK_SPACE, provider]);
    if (lock?.['taken'] !== true) return false;
    const taken = await query(
      `UPDATE "vfx_LPProviderConfig" SET owner = $1, owner_lease_until = now() + ${LEASE}
        WHERE "Provider" = $2 AND (owner IS NULL OR owner_lease_until IS NULL OR owner_lease_until <= now() OR owner = ANY($3))
        RETURNING 1`,
      [owner, provider, await ownersNotRunning(query, provider, owner)],
    );
    if (taken.length === 0 || connection.query() !== query) {
      await unlock(query, provider);
      return false;
    }
    owned.add(provider);
    return true;
  }

  // One at a time per provider: advisory locks count, and two takers of one LP would both succeed.
  const turns = new KeyedQueues();

  async function giveUp(provider: string): Promise<void> {
    if (!owned.delete(provider)) return;
    const query = connected();
    await query('UPDATE "vfx_LPProviderConfig" SET owner = NULL, owner_lease_until = NULL WHERE "Provider" = $1 AND owner = $2', [
      provider,
      owner,
    ]);
    await unlock(query, provider);
  }

  return {
    acquire: (provider) => turns.run(provider, async () => owned.has(provider) || take(provider)),
    release: (provider) => turns.run(provider, () => giveUp(provider)),
    onLost: losses.on,
    async close() {
      losses.clear();
      try {
        for (const provider of [...owned]) await turns.run(provider, () => giveUp(provider));
      } catch (error) {
        // Without a database there is nothing to give up: lock and lease end by themselves.
        if (!(error instanceof DatabaseAway)) throw error;
      }
      await connection.close();
    },
  };
}

/** Whether another console is connected to this database. */
async function hasRivals(query: Query): Promise<boolean> {
  const [row] = await query(
    `SELECT EXISTS (SELECT FROM pg_stat_activity
      WHERE application_name = current_setting('application_name') AND datname = current_database() AND pid <> pg_backend_pid()) AS found`,
  );
  return row?.['found'] === true;
}

/** Owners whose lease need not be waited for: this console itself, and one of this machine whose process is gone. */
async function ownersNotRunning(query: Query, provider: string, self: string): Promise<readonly string[]> {
  const [row] = await query('SELECT owner FROM "vfx_LPProviderConfig" WHERE "Provider" = $1', [provider]);
  const named = typeof row?.['owner'] === 'string' ? row['owner'] : self;
  const [, host, pid] = /^(.*)\/(\d+)$/.exec(named) ?? [];
  return host === hostname() && !isRunning(Number(pid)) ? [self, named] : [self];
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return isErrno(error) && error.code === 'EPERM';
  }
}
