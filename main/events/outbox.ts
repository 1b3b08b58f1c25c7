import { z } from 'zod';

type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

/** What the outbox needs of a database. */
export interface OutboxDatabase {
  readonly query: Query;
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

export interface OutboxEvent {
  readonly eventId: string;
  readonly provider: string;
  readonly subject: string;
  /** JSON text, as it was written. */
  readonly payload: string;
}

/** One publisher at a time over all consoles on a database: what keeps the order of the events ("OUTBOX" on a telephone's keys). */
const PUBLISHER_LOCK = 688_269;
const BATCH = 200;

const rowSchema = z.object({
  id: z.string(),
  event_id: z.string(),
  provider: z.string(),
  subject: z.string(),
  payload: z.string(),
});

/** The table of events that wait for NATS, in the order in which they were committed for each LP. */
export class Outbox {
  readonly #database: OutboxDatabase;

  constructor(database: OutboxDatabase) {
    this.#database = database;
  }

  /**
   * Hands the oldest events to `publish` and deletes them when it resolves. When another console publishes at this moment, does nothing.
   * When `publish` rejects, nothing is deleted and the rejection is passed on.
   * @returns the events that left; `more` when others wait behind them
   */
  async drain(
    publish: (events: readonly OutboxEvent[]) => Promise<void>,
  ): Promise<{ readonly left: readonly OutboxEvent[]; readonly more: boolean }> {
    return this.#database.transaction(async (query) => {
      const [lock] = await query('SELECT pg_try_advisory_xact_lock($1) AS taken', [PUBLISHER_LOCK]);
      if (lock?.['taken'] !== true) return { left: [], more: false };
      const rows = await query(
        'SELECT id, event_id, provider, subject, payload::text AS payload FROM vfxlp_outbox ORDER BY id LIMIT $1',
        [BATCH],
      );
      const found = rows.map((row) => rowSchema.parse(row));
      if (found.length === 0) return { left: [], more: false };
      const left = found.map(({ event_id: eventId, provider, subject, payload }) => ({ eventId, provider, subject, payload }));
      await publish(left);
      await query('DELETE FROM vfxlp_outbox WHERE id = ANY($1::bigint[])', [found.map(({ id }) => id)]);
      return { left, more: found.length === BATCH };
    });
  }

  async waiting(): Promise<number> {
    const [row] = await this.#database.query('SELECT count(*)::int AS waiting FROM vfxlp_outbox');
    return z.object({ waiting: z.int() }).parse(row).waiting;
  }
}
