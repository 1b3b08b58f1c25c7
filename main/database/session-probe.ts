import { randomBytes, randomInt } from 'node:crypto';
import pg from 'pg';

const CONNECT_MS = 5_000;
const QUERY_MS = 5_000;
const NOTICE_MS = 2_000;
/** First key of the probe's advisory lock: beside the name space of LP ownership. */
const LOCK_SPACE = 0x4c51;

/**
 * Whether a connection is a session: who runs an LP is told by locks, and what has changed by LISTEN; both end with a session, and a pooler that lends
 * a backend for each transaction has none.
 *
 * @param url  postgres://…
 * @throws Error with a sentence for the operator when it is none; or why the server cannot be asked
 */
export async function probeSession(url: string): Promise<void> {
  const [a, b] = [clientOf(url), clientOf(url)];
  try {
    await a.connect();
    await b.connect();
    const problem = await noSession(a, b);
    if (problem === null) return;
    throw new Error(
      `The database is reached through a pooler that gives no session of its own, such as PgBouncer with pool_mode = transaction (${problem}). Who runs an LP cannot be told that way, and no LP is started. Set pool_mode = session for this database, or put the server's own address into VFXLP_DATABASE_URL.`,
    );
  } finally {
    await Promise.all([end(a), end(b)]);
  }
}

/** @returns what one of two connections lacks to be a session; null when nothing */
async function noSession(a: pg.Client, b: pg.Client): Promise<string | null> {
  const mine = await pidOf(a);
  // While the other holds a backend, ours must be ours all the same.
  await b.query('BEGIN');
  if ((await pidOf(b)) === mine) return 'two connections share a server process';
  if ((await pidOf(a)) !== mine) return 'a connection changes its server process';
  const key = randomInt(2 ** 31 - 1);
  await a.query('SELECT pg_advisory_lock($1, $2)', [LOCK_SPACE, key]);
  const { rows } = await b.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', [LOCK_SPACE, key]);
  if (rows[0]?.taken !== false) return 'a lock keeps nobody out';
  const channel = `vfxlp_probe_${randomBytes(8).toString('hex')}`;
  await a.query(`LISTEN ${channel}`);
  const heard = new Promise<boolean>((resolve) => {
    const late = setTimeout(() => resolve(false), NOTICE_MS);
    a.on('notification', () => {
      clearTimeout(late);
      resolve(true);
    });
  });
  await b.query(`NOTIFY ${channel}`);
  await b.query('COMMIT');
  return (await heard) ? null : 'LISTEN hears nothing';
}

async function pidOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}

function clientOf(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    application_name: 'vfxlp-console probe',
  });
  // A connection that breaks is reported by the statement that follows.
  client.on('error', () => undefined);
  return client;
}

/** One that is broken cannot say goodbye, and that is all that can fail. */
const end = (client: pg.Client): Promise<void> => client.end().catch(() => undefined);
