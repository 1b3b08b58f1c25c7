import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../main/base/free-port.ts';
import { requireTool } from './system-tools.ts';

export interface TestPgBouncer {
  /** The same database, through the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

const NOBODY = 65_534;

/** A real PgBouncer on loopback before a database of the test server. */
export async function startPgBouncer(databaseUrl: string, mode: 'session' | 'transaction' | 'statement'): Promise<TestPgBouncer> {
  const binary = await requireTool('pgbouncer');
  const dir = mkdtempSync(join(tmpdir(), 'vfxlp-pgbouncer-'));
  const port = await freePort();
  const { hostname, port: serverPort, username, password, pathname, searchParams } = new URL(databaseUrl);
  const host = hostname === '' ? (searchParams.get('host') ?? 'localhost') : decodeURIComponent(hostname);
  const server = `host=${host} port=${serverPort || '5432'} user=${username} password=${decodeURIComponent(password)}`;
  const config = join(dir, 'pgbouncer.ini');
  writeFileSync(
    config,
    `[databases]\n* = ${server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\npool_mode = ${mode}\n`,
  );
  chmodSync(dir, 0o755);
  chmodSync(config, 0o644);
  // It does not run as root.
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child: ChildProcess = spawn(binary, ['-q', config], { stdio: 'ignore', ...user });
  const ended = once(child, 'exit');
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    await new Promise((next) => setTimeout(next, 20));
  }
  return {
    url: `postgres://${username}:x@127.0.0.1:${port}${pathname}`,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
