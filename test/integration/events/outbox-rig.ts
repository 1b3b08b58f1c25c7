import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../main/base/clock.ts';
import { LP_STATUS_SUBJECT } from '../../../main/contracts/events.ts';
import { type Database, openDatabase } from '../../../main/database/database.ts';
import { NatsPublisher } from '../../../main/events/nats-publisher.ts';
import type { NatsServer } from '../../../main/events/nats-server.ts';
import type { TestDatabase, TestPostgres } from '../../support/postgres.ts';

/** An outbox in a database of its own, and publishers on it. */
export class OutboxRig {
  readonly db: TestDatabase;
  readonly database: Database;
  readonly #publishers: NatsPublisher[] = [];

  private constructor(db: TestDatabase) {
    this.db = db;
    this.database = openDatabase(db.url, systemClock);
  }

  static async open(postgres: TestPostgres): Promise<OutboxRig> {
    return new OutboxRig(await postgres.createDatabase());
  }

  publisher(server: Partial<NatsServer> & Pick<NatsServer, 'url'>): NatsPublisher {
    const whole = { credentialsFile: null, nkeyFile: null, caFile: null, ...server };
    const publisher = new NatsPublisher({ server: whole, database: this.database, clock: systemClock });
    this.#publishers.push(publisher);
    return publisher;
  }

  /** @returns the event's id */
  async put(event: { readonly subject?: string; readonly payload?: object } = {}): Promise<string> {
    const eventId = randomUUID();
    await this.database.query('INSERT INTO vfxlp_outbox (event_id, provider, subject, payload) VALUES ($1, $2, $3, $4)', [
      eventId,
      'LP-A',
      event.subject ?? LP_STATUS_SUBJECT,
      JSON.stringify({ eventId, ...event.payload }),
    ]);
    return eventId;
  }

  /** Ids of what is in the outbox, oldest first. */
  async left(): Promise<unknown[]> {
    return (await this.db.sql('SELECT event_id FROM vfxlp_outbox ORDER BY id')).map((row) => row['event_id']);
  }

  async close(): Promise<void> {
    for (const publisher of this.#publishers) await publisher.close();
    await this.database.close();
    await this.db.drop();
  }
}
