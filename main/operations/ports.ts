import type { AuditEntry, AuditRow } from '../contracts/audit.ts';
import type { LpConfig, LpDraft } from '../contracts/lp-config.ts';
import type { Result } from '../contracts/result.ts';
import type { IncidentList, StoredIncident } from '../contracts/stored-incident.ts';

/** What operations need of the configuration store. Every method rejects when the database is away. */
export interface ConfigRepository {
  /** Null when there is no such LP, or when its row is invalid. */
  config(provider: string): Promise<LpConfig | null>;
  /** Fails (user) with the column at fault, or because the LP exists. */
  create(draft: LpDraft): Promise<Result<LpConfig>>;
  /**
   * Fails (user) with the column at fault, because there is no such LP, or because another version is stored than the one expected (null: any).
   * `applies`: when a live session takes the change up.
   */
  save(
    draft: LpDraft,
    expected: number | null,
  ): Promise<Result<{ readonly config: LpConfig; readonly applies: 'now' | 'next-logon' }>>;
  /** Fails (user) when there is no such LP. */
  remove(provider: string): Promise<Result<null>>;
}

/** The audit table. Both methods reject when the database is away. */
export interface AuditLog {
  /** Rejects while the database is away: the same object is to be written again. */
  write(entry: AuditEntry): Promise<void>;
  /** An entry whose `write` has rejected is not held any more: the log keeps it on the disk, and writes it from there. */
  release(entry: AuditEntry): void;
  /** Newest first; provider null: of all LPs. */
  list(provider: string | null, limit: number): Promise<readonly AuditRow[]>;
}

/** The kills, as they outlive this console. */
export interface IncidentLog {
  /** Returns at once, and is repeated until it is kept. */
  save(stored: StoredIncident): void;
  /** Newest first. While the database is away, those that wait for it. */
  list(limit: number): Promise<IncidentList>;
  /** Each console's part; none when there is no such incident. Rejects when the database is away and this console has nothing of it. */
  get(id: string): Promise<readonly StoredIncident[]>;
}

/** Where failures for the operator of the installation and for developers go: a pino logger fits. */
export interface Log {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
