import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { EngineCommand, EngineReport } from '../contracts/engine-protocol.ts';
import type { LpConfig, LpCredentials } from '../contracts/lp-config.ts';
import type { KillLatch, LpRecord, StatusChange } from '../contracts/lp-record.ts';
import type { TimelineEvent } from '../contracts/lp-view.ts';

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

/** A running engine process. */
export interface EngineProcess {
  readonly pid: number | null;
  /** Never throws; a command to a dead engine is dropped (its exit is reported). */
  send(command: EngineCommand): void;
  onReport(listener: (report: EngineReport) => void): void;
  /** Called once; also when the process could not be started. */
  onExit(listener: (exit: { readonly code: number | null; readonly signal: string | null }) => void): void;
  /** SIGKILL, at once. */
  kill(): void;
}

export interface EngineLauncher {
  launch(provider: string): EngineProcess;
}

/** What a tunnel's log lines mean. */
export type TunnelNote =
  | { readonly kind: 'connected'; readonly address: string }
  | { readonly kind: 'tls'; readonly version: string; readonly cipher: string }
  | { readonly kind: 'certificate'; readonly daysLeft: number; readonly subject: string }
  | { readonly kind: 'failed'; readonly reason: DisconnectReason };

/** A running stunnel process, ready to be dialled. */
export interface Tunnel {
  readonly pid: number;
  /** Local end. */
  readonly host: string;
  readonly port: number;
  onNote(listener: (note: TunnelNote) => void): void;
  /** Called once, when the process has ended for whatever reason. */
  onExit(listener: (exit: { readonly code: number | null; readonly signal: string | null }) => void): void;
  /** SIGTERM, then SIGKILL after a deadline; resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL, at once. */
  kill(): void;
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

/** Kill latches on this machine's disk: readable without a database, durable (fsync of file and folder) when a call returns. */
export interface LatchStore {
  all(): ReadonlyMap<string, KillLatch>;
  /** Latches every provider given, in one atomic write. Throws when the disk refuses; the latches hold in memory all the same. */
  set(providers: readonly string[], latch: KillLatch): void;
  /** Throws when the disk refuses; the latch holds then. */
  clear(provider: string): void;
}

/** Tells what became of a status event: acknowledged by NATS, or not to be published because NATS is off. */
export interface EventConfirmation {
  published(eventId: string): Promise<'published' | 'off'>;
}

/** The events logs (pino JSON, one file a provider in its log folder). */
export interface EventLog {
  write(event: TimelineEvent): void;
}
