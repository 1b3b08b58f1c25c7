import { afterAll, beforeAll } from 'vitest';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

let disk: SmallDisk | string;
let postgres: TestPostgres;
let db: TestDatabase;
beforeAll(async () => {
  disk = mountSmallDisk(400);
  postgres = await startTestPostgres(typeof disk === 'string' ? undefined : disk.path);
});
afterAll(async () => {
  if (typeof disk !== 'string') disk.empty();
  await postgres.stop();
  if (typeof disk !== 'string') disk.remove();
});

const fault = faults('PostgreSQL', async () => {
  db = await postgres.createDatabase();
  const desk = await Desk.open({ databaseUrl: db.url, lps: 2 });
  for (const lp of desk.lps) lp.stream(20);
  return desk;
});

fault('its disk full', 10_000, async (f, desk) => {
  if (typeof disk === 'string') return f.skip(disk);
  const { fill, empty } = disk;
  await f.showsHealth(
    async () => {
      await fill();
      // It writes on in the files that it has; the next one of its log cannot be made, and it ends.
      void db.sql('SELECT pg_switch_wal(), pg_sleep(1), pg_switch_wal()').catch(() => undefined);
      desk.lp.end('FIN');
    },
    'database',
    /PostgreSQL|space/,
  );
  empty();
});
