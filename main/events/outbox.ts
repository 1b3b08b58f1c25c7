import { z } from 'zod';
import type { RefusedWrite } from '../contracts/refused.ts';
import type { OutboxEvent, PublishOutcome } from './outbox-event.ts';

type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

/** What the outbox needs of a database. */
export interface OutboxDatabase {
  readonly query: Query;
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

/** One publisher at a time over all consoles on a database: what keeps the order of the events ("OUTBOX" on a telephone's keys). */
const PUBLISHER_LOCK = 688_269;
const BATCH = 200;
const MAX_LISTED = 200;
const MAX_LISTED_BYTES = 10_000;

const rowSchema = z.object({
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
   * Hands the oldest events to `publish`, deletes what was published, and sets aside what was refused for good. When another console publishes at
   * this moment, does nothing. When `publish` rejects, nothing is deleted and the rejection is passed on.
   *
   * @param but subjects that are left out
   * @returns what became of them; `more` when others wait behind them
   */
  async drain<T extends Pick<PublishOutcome, 'published' | 'refused'>>(
    publish: (events: readonly OutboxEvent[]) => Promise<T>,
    but: readonly string[] = [],
  ): Promise<{ readonly outcome: T | null; readonly more: boolean }> {
    return this.#database.transaction(async (query) => {
      const [lock] = await query('SELECT pg_try_advisory_xact_lock($1) AS taken', [PUBLISHER_LOCK]);
      if (lock?.['taken'] !== true) return { outcome: null, more: false };
      const rows = await query(
        `SELECT event_id, provider, subject, payload::text AS payload FROM vfxlp_outbox
          WHERE refused IS NULL AND subject <> ALL ($2) ORDER BY id LIMIT $1`,
        [BATCH, but],
      );
      const found = rows.map((row) => rowSchema.parse(row));
      if (found.length === 0) return { outcome: null, more: false };
      const events = found.map(({ event_id: eventId, provider, subject, payload }) => ({ eventId, provider, subject, payload }));
      const outcome = await publish(events);
      for (const { event, why } of outcome.refused)
        await query('UPDATE vfxlp_outbox SET refused = $2, refused_at = now() WHERE event_id = $1', [event.eventId, why]);
      await query('DELETE FROM vfxlp_outbox WHERE event_id = ANY($1::uuid[])', [outcome.published.map(({ eventId }) => eventId)]);
      return { outcome, more: found.length === BATCH };
    });
  }

  async counts(): Promise<{ readonly waiting: number; readonly refused: number }> {
    const [row] = await this.#database.query(
      'SELECT count(*) FILTER (WHERE refused IS NULL)::int AS waiting, count(refused)::int AS refused FROM vfxlp_outbox',
    );
    return z.object({ waiting: z.int(), refused: z.int() }).parse(row);
  }

  /** What was set aside, oldest first; the last ones of very many. */
  async refused(): Promise<readonly RefusedWrite[]> {
    const rows = await this.#database.query(
      `SELECT event_id, provider, subject, left(payload::text, $2) AS payload, refused, refused_at
         FROM vfxlp_outbox WHERE refused IS NOT NULL ORDER BY id DESC LIMIT $1`,
      [MAX_LISTED, MAX_LISTED_BYTES],
    );
    return rows.map((row) => refusedWrite(refusedSchema.parse(row))).reverse();
  }

  /** Those that were set aside wait again. */
  async retryRefused(): Promise<void> {
    await this.#database.query('UPDATE vfxlp_outbox SET refused = NULL, refused_at = NULL WHERE refused IS NOT NULL');
  }

  /** Those that were set aside and are named are deleted: nobody will hear of them. */
  async discardRefused(eventIds: ReadonlySet<string>): Promise<void> {
    await this.#database.query('DELETE FROM vfxlp_outbox WHERE refused IS NOT NULL AND event_id::text = ANY($1)', [
      [...eventIds],
    ]);
  }
}

const refusedSchema = rowSchema.extend({ refused: z.string(), refused_at: z.date() });

const refusedWrite = (row: z.output<typeof refusedSchema>): RefusedWrite => ({
  id: row.event_id,
  of: 'event',
  provider: row.provider,
  atMs: row.refused_at.getTime(),
  what: `an event for ${row.subject}`,
  why: row.refused,
  current: true,
  content: row.payload,
});
