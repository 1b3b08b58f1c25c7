import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { LpConfig, LpCredentials } from '../contracts/lp-config.ts';
import type { KillLatch, LpRecord, StatusChange } from '../contracts/lp-record.ts';
import type { TimelineEvent } from '../contracts/lp-view.ts';
import type { Tunnel } from '../contracts/processes.ts';

/** What the Session Manager needs of the configuration store. Every method rejects when the database is away. */
export interface LpStore {
  list(): Promise<readonly LpRecord[]>;
  get(provider: string): Promise<LpRecord | null>;
  credentials(provider: string): Promise<LpCredentials>;
  /** The LP has accepted a Logon with this NewPassword(925): it becomes the password. Repeating it is harmless. */
  passwordChanged(provider: string, accepted: string): Promise<void>;
  setDesired(provider: string, desired: LpRecord['desired']): Promise<void>;
  setKillLatch(provider: string, latch: KillLatch | null): Promise<void>;
  /** Updates status, reason, time and sequence numbers and inserts the event into the outbox, in one transaction. */
  writeStatus(change: StatusChange): Promise<void>;
  /** A row changed (null: perhaps any, as after a reconnect or at the slow poll). Returns the function that unsubscribes. */
  onChange(listener: (provider: string | null) => void): () => void;
}

export interface OwnershipLoss {
  /** Whether another console was on this database when it was last asked: one that may take an LP over when its lease ends. */
  readonly rivals: boolean;
  /** When the first lease ends, ms from now; another console may take the LP from then on. */
  readonly leaseLeftMs: number;
}

/** One owner per LP over all consoles on a database: a PostgreSQL advisory lock on a connection of its own, plus a lease in the row. */
export interface Ownership {
  /** True when this console now owns the LP (also when it already did). */
  acquire(provider: string): Promise<boolean>;
  release(provider: string): Promise<void>;
  /** The connection that held the locks is gone: nothing can be proven to be owned until it is acquired again. */
  onLost(listener: (loss: OwnershipLoss) => void): () => void;
}

export interface TunnelManager {
  /**
   * Starts stunnel for `target` and resolves when its local port accepts. Fails with a reason for the operator (stunnel missing, bad CA
   * file …), and at once when `givenUp` is signalled: what was started is gone then.
   */
  start(
    config: LpConfig,
    target: { readonly host: string; readonly port: number },
    givenUp: AbortSignal,
  ): Promise<{ readonly ok: true; readonly tunnel: Tunnel } | { readonly ok: false; readonly reason: DisconnectReason }>;
}

/** The events logs (pino JSON, one file a provider in its log folder). */
export interface EventLog {
  write(event: TimelineEvent): void;
}
