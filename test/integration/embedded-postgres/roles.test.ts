import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { openDatabase } from '../../../main/database/database.ts';
import { migrate } from '../../../main/database/migrate.ts';
import { schemaGap } from '../../../main/database/schema-needs.ts';
import { startEmbeddedPostgres } from '../../../main/embedded-postgres/embedded-postgres.ts';
import { findPostgresBinaries } from '../../../main/embedded-postgres/postgres-binaries.ts';
import { findPostgresUser } from '../../../main/embedded-postgres/postgres-user.ts';
import { embeddedServers, sql } from '../../support/embedded-servers.ts';

const servers = embeddedServers();
const { start, stop } = servers;
let root: string;
let dataDir: string;
let notes: string[];
beforeEach(() => {
  ({ root, dataDir, notes } = servers);
});

const AUDIT_ROW = `INSERT INTO vfxlp_audit (entry_id, at, actor, source, "from", operation, result)
  VALUES (gen_random_uuid(), now(), 'a', 'api', 'x', 'kill', 'ok') ON CONFLICT (entry_id) DO NOTHING`;

test('the console’s role is no superuser, has all that the console needs, and only adds to the audit', async () => {
  const server = await start();
  await migrate(server.ownerUrl);
  expect(await migrate(server.url)).toEqual([]);
  expect(await sql(server.url, `SELECT current_setting('is_superuser') AS super`)).toEqual([{ super: 'off' }]);
  expect(await sql(server.ownerUrl, `SELECT current_setting('is_superuser') AS super`)).toEqual([{ super: 'off' }]);
  const database = openDatabase(server.url, systemClock);
  expect(await schemaGap(database.query)).toBeNull();
  await database.close();
  await sql(server.url, AUDIT_ROW);
  for (const forbidden of ['UPDATE vfxlp_audit SET actor = $$me$$', 'DELETE FROM vfxlp_audit', 'TRUNCATE vfxlp_audit'])
    await expect(sql(server.url, forbidden)).rejects.toThrow('permission denied for table vfxlp_audit');
  for (const forbidden of ['DROP TABLE vfxlp_audit', 'ALTER TABLE vfxlp_audit DISABLE TRIGGER ALL'])
    await expect(sql(server.url, forbidden)).rejects.toThrow('must be owner of table vfxlp_audit');
  await expect(sql(server.url, `COPY (SELECT 1) TO PROGRAM 'true'`)).rejects.toThrow('permission denied');
  const superuser = new URL(server.url);
  superuser.username = 'vfxlp';
  await expect(sql(superuser.href, 'SELECT 1')).rejects.toThrow(/password authentication failed|not permitted to log in/);
});

test('a data folder whose console was the superuser, over TCP with one password for ever, is brought over with its rows', async () => {
  mkdirSync(dataDir, { mode: 0o711 });
  const clusterDir = join(dataDir, 'postgres');
  const user = findPostgresUser(clusterDir);
  const binaries = findPostgresBinaries(dataDir, user);
  const passwordFile = join(dataDir, 'postgres-password');
  writeFileSync(passwordFile, 'of-before\n');
  mkdirSync(clusterDir, { mode: 0o700 });
  if (user !== null) for (const path of [clusterDir, passwordFile]) chownSync(path, user.uid, user.gid);
  const as = { ...user, cwd: '/' };
  execFileSync(
    binaries.initdb,
    ['-D', clusterDir, '-U', 'vfxlp', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C'],
    as,
  );
  const port = 20_000 + (process.pid % 20_000);
  const old = spawn(
    binaries.postgres,
    ['-D', clusterDir, '-p', String(port), '-c', 'unix_socket_directories=', '-c', 'listen_addresses=127.0.0.1'],
    {
      ...as,
      stdio: 'ignore',
    },
  );
  const oldUrl = `postgres://vfxlp:of-before@127.0.0.1:${port}/postgres`;
  await vi.waitFor(() => sql(oldUrl, 'SELECT 1'), { timeout: 20_000, interval: 100 });
  await migrate(oldUrl);
  await sql(oldUrl, AUDIT_ROW);
  const ended = new Promise((done) => old.once('exit', done));
  old.kill('SIGINT');
  await ended;
  const server = await start();
  expect(await migrate(server.ownerUrl)).toEqual([]);
  expect(await sql(server.url, 'SELECT operation FROM vfxlp_audit')).toEqual([{ operation: 'kill' }]);
  await expect(sql(server.url, 'DELETE FROM vfxlp_audit')).rejects.toThrow('permission denied');
  expect(await sql(server.ownerUrl, `SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'`)).toEqual([
    { tableowner: 'vfxlp_owner' },
  ]);
  await sql(
    server.ownerUrl,
    'CREATE OR REPLACE FUNCTION vfxlp_notify_config(provider text) RETURNS void LANGUAGE sql AS $$ SELECT $$',
  );
  expect(existsSync(passwordFile)).toBe(false);
}, 90_000);

test('a data folder with a path too long for a socket has its socket in a short folder, which goes with the server', async () => {
  const long = join(root, 'd'.repeat(60), 'e'.repeat(60));
  mkdirSync(long, { recursive: true });
  const server = await start(long);
  const folder = decodeURIComponent(new URL(server.url).hostname);
  expect(dirname(folder)).toBe(tmpdir());
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(await sql(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await stop(server);
  expect(existsSync(folder)).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'a server that ended and is not reaped, as in a container without init, is told and keeps no other from starting',
  async () => {
    await stop(await start());
    // Its child ends and is never waited for.
    const parent = spawn('sh', ['-c', 'sleep 0.01 & exec sleep 300'], { stdio: 'ignore' });
    const { pid } = parent;
    const zombie = await vi.waitFor(() => {
      const [child = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
      expect(readFileSync(`/proc/${child}/status`, 'utf8')).toMatch(/^State:\s+Z/m);
      return child;
    });
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${zombie}\n${join(dataDir, 'postgres')}\n0\n5432\n`);
    const server = await start();
    expect(await sql(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(notes).toEqual([
      expect.stringMatching(
        new RegExp(`^The process of the last PostgreSQL server \\(${zombie}\\) has ended, .*docker run --init`),
      ),
    ]);
    const gone = new Promise((done) => parent.once('exit', done));
    parent.kill('SIGKILL');
    await gone;
  },
);

test.each([
  ['16', /is of PostgreSQL 16, and this console brings PostgreSQL \d+, which cannot read it: .*pg_dump/],
  ['99', /is of PostgreSQL 99, .*start the newer console that made it/],
])('data of PostgreSQL %s is told with what to do, and is not touched', async (version, text) => {
  await stop(await start());
  const file = join(dataDir, 'postgres', 'PG_VERSION');
  const own = readFileSync(file, 'utf8');
  writeFileSync(file, `${version}\n`);
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(text);
  writeFileSync(file, own);
  expect(await sql((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
