import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { HostPort, LpConfig, LpCredentials } from '../contracts/lp-config.ts';
import type { ConfirmedGone, KilledRow, KillLatch, LpRecord, StatusChange } from '../contracts/lp-record.ts';
import type { TimelineEvent } from '../contracts/lp-view.ts';
import type { Tunnel } from '../contracts/processes.ts';

/** What the Session Manager needs of the configuration store. Every method rejects when the database is away. */
export interface LpStore {
  list(): Promise<readonly LpRecord[]>;
  get(provider: string): Promise<LpRecord | null>;
  /** For the destination that this configuration has. Rejects, too, when one of them was entered for another. */
  credentials(config: LpConfig): Promise<LpCredentials>;
  /** The LP has accepted a Logon with this NewPassword(925), made with this configuration: it becomes the password. Repeating it is harmless. */
  passwordChanged(config: LpConfig, accepted: string): Promise<void>;
  setDesired(provider: string, desired: LpRecord['desired']): Promise<void>;
  /**
   * Latch, status 0 with its event, and the wish to be inactive, of all of them in one statement. No latch is set that was taken off before.
   *
   * @returns the providers that are written: not those whose row is locked just now, or not there
   */
  kill(rows: readonly KilledRow[]): Promise<readonly string[]>;
  /** Nothing happens when the latch of this incident was taken off before. */
  setKillLatch(provider: string, latch: KillLatch): Promise<void>;
  /** Takes off the latch of this incident and no other, and leaves the LP inactive. Resolves to whether no latch stands now. */
  liftKillLatch(provider: string, incidentId: string): Promise<boolean>;
  /**
   * Updates status, reason, time and sequence numbers and inserts the event into the outbox, in one statement.
   *
   * @param epoch of the ownership in which the change happened; null for a 0 that any console may write
   * @returns false when the LP has had another owner since: nothing is written
   */
  writeStatus(change: StatusChange, epoch: number | null): Promise<boolean>;
  /** A person says that the silent console which owned the LP is gone. @returns null when no silent console owns it */
  confirmGone(provider: string, by: string): Promise<ConfirmedGone | null>;
  /** A row changed (null: perhaps any, as after a reconnect or at the slow poll). Returns the function that unsubscribes. */
  onChange(listener: (provider: string | null) => void): () => void;
}

export interface OwnershipLoss {
  /** Whether another console may take an LP over when the lease ends. */
  readonly rivals: boolean;
  /** When the lease ends, ms from now; another console may take what was owned from then on. */
  readonly leaseLeftMs: number;
}

/** One owner per LP over all consoles on a database: `vfxlp_ownership`, the console's lease, and an advisory lock. */
export interface Ownership {
  /**
   * Rejects when it cannot be told who owns the LP.
   *
   * @param refused an epoch that the database does not know any more
   * @returns the epoch in which this console now owns the LP, the same as long as it does; null when another console owns it
   */
  acquire(provider: string, refused?: number): Promise<number | null>;
  release(provider: string): Promise<void>;
  /** Until when no other console can take what this one owns, by monotonicMs(); null: as long as it likes, there is no other. */
  ownedUntilMs(): number | null;
  /** The connection that held the locks is gone: nothing can be proven to be owned until it is acquired again. */
  onLost(listener: (loss: OwnershipLoss) => void): () => void;
  /** `ownedUntilMs` is another. */
  onLease(listener: () => void): () => void;
  /** The console that owned this LP has gone without giving it up. */
  onFree(listener: (provider: string) => void): () => void;
}

export interface TunnelManager {
  /** Everything that makes a tunnel, contents of its files included: one that runs is still right if its identity is equal. Never rejects. */
  identity(config: LpConfig, target: HostPort): Promise<string>;
  /**
   * Starts stunnel for `target` and resolves when its local end accepts. Fails with a reason for the operator (stunnel missing, bad CA
   * file …), and at once when `givenUp` is signalled: what was started is gone then.
   */
  start(
    config: LpConfig,
    target: HostPort,
    givenUp: AbortSignal,
  ): Promise<{ readonly ok: true; readonly tunnel: Tunnel } | { readonly ok: false; readonly reason: DisconnectReason }>;
}

/** The events logs (pino JSON, one file a provider in its log folder). */
export interface EventLog {
  write(event: TimelineEvent): void;
}
