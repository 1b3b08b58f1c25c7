import { once } from 'node:events';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type BreakableLink, openLink } from '../integration/console/breakable-link.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { processesBelow } from './footprint.ts';

let postgres: TestPostgres;
let db: TestDatabase;
let link: BreakableLink;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(async () => {
  link.close();
  await postgres.stop();
});

const fault = faults('PostgreSQL', async () => {
  db = await postgres.createDatabase();
  link = await openLink(db.url);
  const desk = await Desk.open({ databaseUrl: link.url, lps: 2 });
  for (const lp of desk.lps) lp.stream(20);
  return desk;
});

const serverPid = (): number => {
  const pid = postgres.server.pid();
  if (pid === null) throw new Error('no server');
  return pid;
};
const signalServer = (signal: NodeJS.Signals): void => {
  for (const { pid } of processesBelow(serverPid())) process.kill(pid, signal);
  process.kill(serverPid(), signal);
};
const terminate = () =>
  db.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()');
const database = (desk: Desk) => desk.screen.health?.database.state;
const well = (desk: Desk) => desk.screen.until(() => database(desk) === 'ok', 20_000);

/** Runs `work` while another program holds a lock. */
async function whileLocked(statement: string, work: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: db.url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(statement);
    await work();
    await client.query('ROLLBACK');
  } finally {
    await client.end();
  }
}

// Whatever a fault has stopped and not set going again.
afterEach(() => {
  if (postgres.server.pid() !== null) signalServer('SIGCONT');
});

fault('down', 5_000, async (f, desk) => {
  const sessions = desk.lps.map((lp) => lp.sessions.length);
  await f.showsHealth(() => link.refuse(), 'database', /No connection to PostgreSQL/);
  await link.mend();
  await well(desk);
  expect(
    desk.lps.map((lp) => lp.sessions.length),
    'a desk with one console keeps trading',
  ).toEqual(sessions);
});

fault('down, and an LP drops', 6_000, async (f, desk) => {
  await link.refuse();
  await f.showsLine(() => desk.lp.end('FIN'), /^(?!logged-on).*closed the connection/);
  await link.mend();
});

fault('hanging', 16_000, async (f, desk) => {
  await f.showsHealth(() => signalServer('SIGSTOP'), 'database', /PostgreSQL/);
  signalServer('SIGCONT');
  await well(desk);
});

fault('the way to it lost', 16_000, async (f, desk) => {
  await f.showsHealth(() => link.cut(), 'database', /PostgreSQL/);
  await link.mend();
  await well(desk);
});

fault('restarting', 5_000, async (f, desk) => {
  await f.showsHealth(() => process.kill(serverPid(), 'SIGINT'), 'database', /PostgreSQL/);
  await well(desk);
});

fault('killed', 5_000, async (f, desk) => {
  await f.showsHealth(() => process.kill(serverPid(), 'SIGKILL'), 'database', /PostgreSQL/);
  await well(desk);
});

fault('connections terminated', 0, (f) => f.keeps(terminate, 4_000));

fault('a row locked', 0, (f) =>
  whileLocked(`SELECT FROM "vfx_LPProviderConfig" WHERE "Provider" = 'LP-1' FOR UPDATE`, () => f.keeps(() => undefined, 9_000)),
);

fault('the table locked', 0, (f) =>
  whileLocked('LOCK TABLE "vfx_LPProviderConfig" IN ACCESS EXCLUSIVE MODE', () => f.keeps(() => undefined, 9_000)),
);

fault('a row locked, and its LP drops', 3_000, (f, desk) =>
  whileLocked(`SELECT FROM "vfx_LPProviderConfig" WHERE "Provider" = 'LP-1' FOR UPDATE`, () =>
    f.showsLine(() => desk.lp.end('FIN'), /^(?!logged-on).*closed the connection/),
  ),
);

fault('read-only', 8_000, async (f, desk) => {
  const set = (to: string) =>
    db.sql(`ALTER DATABASE ${new URL(db.url).pathname.slice(1)} SET default_transaction_read_only = ${to}`);
  await f.showsHealth(
    async () => {
      await set('on');
      await terminate();
    },
    'database',
    /is read-only/,
  );
  const client = new pg.Client({ connectionString: db.url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SET default_transaction_read_only = off');
  await client.query(`ALTER DATABASE ${new URL(db.url).pathname.slice(1)} RESET default_transaction_read_only`);
  await client.end();
  await terminate();
  await well(desk);
});

fault('the LP table gone', 8_000, async (f, desk) => {
  await f.showsHealth(
    () => db.sql('ALTER TABLE "vfx_LPProviderConfig" RENAME TO gone'),
    'database',
    /lacks what the console needs.*vfx_LPProviderConfig/,
  );
  await db.sql('ALTER TABLE gone RENAME TO "vfx_LPProviderConfig"');
  await well(desk);
});

fault('a column renamed', 8_000, async (f, desk) => {
  await f.showsHealth(
    () => db.sql('ALTER TABLE "vfx_LPProviderConfig" RENAME COLUMN status TO gone'),
    'database',
    /lacks what the console needs.*status/,
  );
  await db.sql('ALTER TABLE "vfx_LPProviderConfig" RENAME COLUMN gone TO status');
  await well(desk);
});

fault('down at the start of the console', 20_000, async (f, desk) => {
  const gone = once(desk.serve.child, 'exit');
  desk.serve.child.kill('SIGTERM');
  await gone;
  await link.refuse();
  const began = performance.now();
  await desk.restart();
  f.row.words = await desk.screen.until(
    () => (database(desk) === 'down' ? desk.screen.health?.database.text : null),
    f.row.limitMs,
  );
  f.row.shownMs = performance.now() - began;
  await link.mend();
});
