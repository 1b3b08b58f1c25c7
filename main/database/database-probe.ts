import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { Emitter } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import { isPassing, sqlStateOf } from '../base/sqlstate.ts';
import type { ProbedHealth } from '../contracts/lp-view.ts';
import { type Database, DatabaseAway } from './database.ts';
import { schemaGap } from './schema-needs.ts';

const EVERY_MS = 3_000;
/** A database that has not answered a probe for this long hangs, whatever its connections say. */
const ANSWER_MS = 4_000;

type Finding = { readonly state: 'ok' | 'degraded' | 'down'; readonly text: string };

export interface DatabaseProbe {
  /** What was found last, at once. */
  health(): ProbedHealth;
  /** Called when the database does everything again after it did not. Returns the function that unsubscribes. */
  onMended(listener: () => void): () => void;
  close(): void;
}

/**
 * Proves every few seconds what the console needs of the database: that it commits a write, and that the schema is whole. A connection alone
 * proves neither: a server may be read-only after a failover, or full, and a table renamed.
 *
 * @param self names this console's row in `vfxlp_heartbeat`
 */
export function probeDatabase(database: Pick<Database, 'query' | 'health' | 'where'>, clock: Clock, self: string): DatabaseProbe {
  const mended = new Emitter<void>();
  let found: Finding = { state: 'down', text: `PostgreSQL at ${database.where} has not been looked at yet` };
  let sinceMs = clock.nowMs();
  let checkedAtMs: number | null = null;
  let closed = false;
  let cancel: () => void = () => undefined;

  const set = (finding: Finding): void => {
    const before = found;
    found = finding;
    if (finding.state !== before.state) sinceMs = clock.nowMs();
    if (finding.state === 'ok' && before.state !== 'ok') mended.emit();
  };

  async function look(): Promise<void> {
    const looking = lookAt(database, self);
    // The deadline is for the word; the next look waits until this one has ended.
    const finding = await withDeadline(clock, ANSWER_MS, looking);
    if (finding === undefined)
      set({
        state: 'down',
        text: `PostgreSQL at ${database.where} does not answer: a write has been waiting for ${ANSWER_MS / 1_000} s`,
      });
    set(finding ?? (await looking));
    checkedAtMs = clock.nowMs();
    if (!closed) cancel = clock.after(EVERY_MS, () => void look());
  }
  void look();

  return {
    health: () => {
      const connection = database.health();
      // The connection's own word is newer: it hears of an end at once.
      if (connection.state === 'down') return { ...connection, checkedAtMs };
      return { ...found, sinceMs, checkedAtMs };
    },
    onMended: mended.on,
    close: () => {
      closed = true;
      cancel();
      mended.clear();
    },
  };
}

/** Never rejects. */
async function lookAt(database: Pick<Database, 'query' | 'where'>, self: string): Promise<Finding> {
  const { where } = database;
  try {
    const missing = await schemaGap(database.query);
    if (missing !== null)
      return { state: 'down', text: `The database ${where} lacks what the console needs: ${missing}. Restore it, or its backup` };
    await database.query(
      'INSERT INTO vfxlp_heartbeat (console, at) VALUES ($1, now()) ON CONFLICT (console) DO UPDATE SET at = excluded.at',
      [self],
    );
    await database.query(`DELETE FROM vfxlp_heartbeat WHERE at < now() - interval '1 day'`);
    return { state: 'ok', text: `PostgreSQL at ${where}` };
  } catch (error) {
    return { state: 'down', text: refusal(error, where) };
  }
}

function refusal(error: unknown, where: string): string {
  if (error instanceof DatabaseAway) return error.message;
  const kept = isPassing(error) ? ' What is to be written is kept until it can be' : '';
  const server = `PostgreSQL at ${where}`;
  switch (sqlStateOf(error)) {
    case '25006':
      return `${server} is read-only: nothing can be written to it.${kept}`;
    case '53100':
      return `The disk of ${server} is full: nothing can be written to it.${kept}`;
    case '55P03':
    case '57014':
      return `${server} took too long over a write: ${messageOf(error)}.${kept}`;
    default:
      return `${server} refuses to write: ${messageOf(error)}.${kept}`;
  }
}
