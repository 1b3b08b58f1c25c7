import type { Role } from './identity.ts';

/** Where an action came from. sql: the row was changed by somebody else; system: the console by itself. */
type ActionSource = 'desktop' | 'browser' | 'api' | 'sql' | 'system';

/** Who asks for an operation, and from where. */
export interface Actor {
  /** The token's name; on the desktop, of the user of the operating system. */
  readonly name: string;
  readonly role: Role;
  /** Who the caller says it acts for, which nobody has checked; null when it says nothing. */
  readonly claimed: string | null;
  readonly source: ActionSource;
  /** Peer address for browser and api, host name otherwise. */
  readonly from: string;
}

export interface AuditRow {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  readonly source: ActionSource;
  readonly from: string;
  /** Name of the operation: activate, deactivate, kill, kill-all, rearm, save … */
  readonly operation: string;
  readonly provider: string | null;
  readonly reason: string | null;
  /** `ok`, or the code of the failure. */
  readonly result: string;
  readonly detail: string | null;
}

export type AuditEntry = Omit<AuditRow, 'id'>;
