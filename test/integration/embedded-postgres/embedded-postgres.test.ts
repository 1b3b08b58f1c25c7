import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../main/embedded-postgres/embedded-postgres.ts';
import { findPostgresBinaries } from '../../../main/embedded-postgres/postgres-binaries.ts';
import { findPostgresUser } from '../../../main/embedded-postgres/postgres-user.ts';
import { embeddedServers, sql } from '../../support/embedded-servers.ts';

const isRoot = process.getuid?.() === 0;
const servers = embeddedServers();
const { start, stop } = servers;
let root: string;
let dataDir: string;
let notes: string[];
beforeEach(() => {
  ({ root, dataDir, notes } = servers);
});
const runs = (pid: number) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
const pidOf = (server: EmbeddedPostgres): number => {
  const pid = server.pid();
  if (pid === null) throw new Error('PostgreSQL does not run');
  return pid;
};

test.runIf(process.platform === 'linux')('the server knows none of the console’s secrets', async () => {
  vi.stubEnv('VFXLP_SECRET_KEY', 'secret');
  try {
    const server = await start();
    const environment = readFileSync(`/proc/${pidOf(server)}/environ`, 'utf8');
    expect(environment).toContain('PATH=');
    expect(environment).not.toContain('VFXLP_');
  } finally {
    vi.unstubAllEnvs();
  }
});

test('data survives a restart, the server listens on a private socket alone, and passwords are of one start', async () => {
  const first = await start();
  const pid = pidOf(first);
  await sql(first.ownerUrl, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
  expect(await sql(first.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
  const folder = decodeURIComponent(new URL(first.url).hostname);
  expect(folder).toBe(join(dataDir, 'postgres-run'));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const wrong = new URL(first.url);
  wrong.password = 'guess';
  await expect(sql(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  for (const [file, url] of [
    ['database-url', first.url],
    ['database-owner-url', first.ownerUrl],
  ] as const) {
    expect(readFileSync(join(dataDir, file), 'utf8').trim()).toBe(url);
    expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
  }
  await stop(first);
  expect(runs(pid)).toBe(false);
  const left = readdirSync(dataDir).filter((name) => name !== 'postgres-bin');
  expect(left.sort()).toEqual(['postgres', 'postgres.log']);
  const second = await start();
  expect(await sql(second.ownerUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  expect(new URL(second.url).password).not.toBe(new URL(first.url).password);
});

test('a server that is killed runs again on the same URL, and what was committed is there', async () => {
  const server = await start();
  await sql(server.ownerUrl, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
  const pid = pidOf(server);
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(server.pid()).not.toBe(pid), { timeout: 20_000 });
  await vi.waitFor(async () => expect(await sql(server.ownerUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }]), { timeout: 20_000 });
  expect(notes[0]).toContain('signal SIGKILL');
  await vi.waitFor(() => expect(notes.at(-1)).toBe('PostgreSQL runs again'));
});

/** A console of its own process on `dataDir`, and its server. */
async function anotherConsole(): Promise<{ console: ChildProcess; server: number }> {
  const script = join(root, 'console.mjs');
  const module = resolve(import.meta.dirname, '../../../main/embedded-postgres/embedded-postgres.ts');
  writeFileSync(
    script,
    `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
     const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
     console.log(server.pid());
     setInterval(() => undefined, 1000);`,
  );
  const console = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const server = await new Promise<number>((said) =>
    console.stdout.once('data', (bytes: Buffer) => said(Number(bytes.toString()))),
  );
  return { console, server };
}
const killed = async (console: ChildProcess): Promise<void> => {
  const gone = new Promise((ended) => console.once('exit', ended));
  console.kill('SIGKILL');
  await gone;
};
const guardsOf = (console: ChildProcess): readonly number[] =>
  readFileSync(`/proc/${console.pid}/task/${console.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('vfxlp-postgres-guard'))
    .map(Number);

test.runIf(process.platform === 'linux')('a console that is killed leaves no process behind', async () => {
  const { console, server } = await anotherConsole();
  const [guard = 0, ...more] = guardsOf(console);
  expect(more).toEqual([]);
  // As from a terminal, for the whole group.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(guard, signal);
  await killed(console);
  await vi.waitFor(() => expect([runs(server), runs(guard)]).toEqual([false, false]), { timeout: 30_000 });
  // In order: nothing is left for the next one to clear away.
  expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'a server that ends by itself takes its guard along, and the next one has its own',
  async () => {
    const { console, server } = await anotherConsole();
    const [first] = guardsOf(console);
    process.kill(server, 'SIGKILL');
    await vi.waitFor(
      () => {
        const guards = guardsOf(console);
        expect(guards).toHaveLength(1);
        expect(guards).not.toContain(first);
      },
      { timeout: 30_000 },
    );
    await killed(console);
    await vi.waitFor(() => expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false), { timeout: 30_000 });
  },
);

test.runIf(process.platform === 'linux')(
  'a server that was left behind is ended by the next console, which starts its own',
  async () => {
    const { console, server: left } = await anotherConsole();
    for (const guard of guardsOf(console)) process.kill(guard, 'SIGKILL');
    await killed(console);
    expect(runs(left)).toBe(true);
    const server = await start();
    expect(runs(left)).toBe(false);
    expect(await sql(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  },
);

test('a postmaster.pid whose number another program has now does not keep the server from starting', async () => {
  await stop(await start());
  writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${process.pid}\n${join(dataDir, 'postgres')}\n`);
  const server = await start();
  expect(await sql(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('an initdb that was interrupted is begun anew', async () => {
  mkdirSync(join(dataDir, 'postgres.new', 'base'), { recursive: true });
  const server = await start();
  expect(await sql(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(existsSync(join(dataDir, 'postgres.new'))).toBe(false);
});

test('a start that fails says what PostgreSQL said, and leaves the folder free', async () => {
  await stop(await start());
  rmSync(join(dataDir, 'postgres', 'global', 'pg_control'));
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(/PostgreSQL did not start[\s\S]*pg_control/);
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow('pg_control');
});

describe.runIf(isRoot)('as root', () => {
  test('the server runs as another user, whose files the cluster is', async () => {
    const server = await start();
    const uid = Number(execFileSync('stat', ['-c', '%u', `/proc/${server.pid()}`], { encoding: 'utf8' }));
    expect(uid).not.toBe(0);
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(uid);
  });

  test('a folder on the way that the user may not pass is named, with what to do', async () => {
    const closed = join(root, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    await expect(startEmbeddedPostgres({ dataDir: join(closed, 'data') })).rejects.toThrow(
      `may not pass through ${closed}: set VFXLP_DATA_DIR`,
    );
  });

  test('programs where the user may not go are copied beside the data and run from there', async () => {
    const native = join(root, 'closed', 'native');
    copyPackage(native);
    chmodSync(dirname(native), 0o700);
    mkdirSync(dataDir, { mode: 0o711 });
    const user = findPostgresUser(join(dataDir, 'postgres'));
    const binaries = findPostgresBinaries(dataDir, user, { native, version: '1.2.3' });
    expect(binaries.postgres).toBe(join(dataDir, 'postgres-bin', '1.2.3', 'bin', 'postgres'));
    const version = execFileSync(binaries.postgres, ['--version'], { encoding: 'utf8', ...user });
    expect(version).toMatch(/^postgres \(PostgreSQL\) \d+/);
  });
});

test('what an install without scripts left out is repaired: permissions and links', () => {
  const native = join(root, 'native');
  copyPackage(native);
  for (const name of readdirSync(join(native, 'bin'))) chmodSync(join(native, 'bin', name), 0o644);
  for (const entry of readdirSync(join(native, 'lib'), { withFileTypes: true })) {
    if (entry.isSymbolicLink()) rmSync(join(native, 'lib', entry.name));
  }
  const { initdb } = findPostgresBinaries(dataDir, null, { native, version: '1.2.3' });
  expect(execFileSync(initdb, ['--version'], { encoding: 'utf8' })).toMatch(/^initdb \(PostgreSQL\) \d+/);
});

function copyPackage(native: string): void {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const main = createRequire(wrapper).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  cpSync(resolve(dirname(main), '..', 'native'), native, { recursive: true, verbatimSymlinks: true });
}
