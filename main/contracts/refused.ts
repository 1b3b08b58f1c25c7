/** Something that the database, or NATS, will not take however often it is asked: set aside and kept, so that nothing waits behind it. */
export interface RefusedWrite {
  readonly id: string;
  readonly of: 'audit' | 'lp' | 'event';
  readonly provider: string | null;
  readonly atMs: number;
  /** What was to be written. */
  readonly what: string;
  /** In the words of who refused it. */
  readonly why: string;
  /** Whether to retry it makes sense: false when something later has taken its place. */
  readonly current: boolean;
  /** All of it, as JSON text, without passwords. */
  readonly content: string;
}

/** Where refused writes are kept. */
export interface RefusedWrites {
  /** How many could be retried: known at once. */
  count(): number;
  /** Oldest first. Rejects when they cannot be read just now. */
  list(): Promise<readonly RefusedWrite[]>;
  /** Tries each again; what is refused again stays. Rejects when the database is away. */
  retry(): Promise<void>;
  /** They will never be written, and are not kept any more; ids that are not here are passed over. Rejects when they cannot be reached just now. */
  discard(ids: ReadonlySet<string>): Promise<void>;
}
