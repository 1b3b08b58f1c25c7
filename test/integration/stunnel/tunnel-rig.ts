import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import type { DisconnectReason } from '../../../main/contracts/disconnect-reason.ts';
import {
  DEFAULT_RETRY,
  DEFAULT_SESSION,
  DEFAULT_TUNNEL,
  type LpConfig,
  type TunnelOptions,
} from '../../../main/contracts/lp-config.ts';
import type { Tunnel, TunnelNote } from '../../../main/contracts/processes.ts';
import type { TunnelManager } from '../../../main/sessions/ports.ts';
import { StunnelManager, type StunnelManagerOptions } from '../../../main/stunnel/stunnel-manager.ts';
import { CertificateAuthority, type KeyPair } from '../../support/certificates.ts';
import { requireTool } from '../../support/system-tools.ts';

/** Tunnels of a test file, made with its own certificates; what a test opens is closed after it. */

/** The signal of a start that nobody gives up. */
export const never = new AbortController().signal;

export let dir = '';
export let ca: CertificateAuthority;
export let good: KeyPair;
export const open: (() => unknown)[] = [];
export let logged: string[] = [];

beforeAll(async () => {
  await requireTool('stunnel');
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-stunnel-'));
  ca = await CertificateAuthority.create(join(dir, 'ca'));
  good = await ca.issue({ name: 'lp.example.test', dnsNames: ['localhost', 'lp.example.test'], addresses: ['127.0.0.1'] });
});
afterAll(() => rmSync(dir, { recursive: true }));
beforeEach(() => {
  logged = [];
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

export function manager(options: Partial<StunnelManagerOptions> = {}): TunnelManager {
  const log = { write: (line: string) => logged.push(line), close: () => undefined };
  return new StunnelManager({ logs: { open: () => log }, clock: systemClock, env: process.env, dataDir: dir, ...options });
}

export function lp(port: number, tunnel: Partial<TunnelOptions> = {}): LpConfig {
  return {
    provider: 'LP-TLS',
    host: 'localhost',
    port,
    senderCompId: 'VFXLP',
    targetCompId: 'LPSIM',
    heartBtInt: 30,
    ssl: true,
    retry: DEFAULT_RETRY,
    tunnel: { ...DEFAULT_TUNNEL, caFile: ca.certFile, ...tunnel },
    session: DEFAULT_SESSION,
    username: null,
    hasPassword: false,
    hasNewPassword: false,
    secretsToEnter: [],
    version: 1,
  };
}

export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A TLS server that greets whoever comes. */
export function tlsServer(pair: KeyPair, more: TlsOptions = {}): Promise<number> {
  const server = createTlsServer({ cert: readFileSync(pair.certFile), key: readFileSync(pair.keyFile), ...more }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('hello');
  });
  return listening(server.on('tlsClientError', (_error, socket) => socket.destroy()));
}

export async function startTunnel(config: LpConfig, by = manager()): Promise<Tunnel> {
  const started = await by.start(config, config, never);
  if (!started.ok) throw new Error(JSON.stringify(started.reason));
  open.push(() => started.tunnel.stop());
  return started.tunnel;
}

/** Dials through the tunnel; resolves with what the far side sent when it said something or closed. */
export function dial(tunnel: Tunnel): Promise<string> {
  const socket = connect(tunnel.localEnd);
  open.push(() => socket.destroy());
  return new Promise((resolve) => {
    socket.once('data', (bytes) => resolve(bytes.toString()));
    socket.once('error', () => resolve(''));
    socket.once('close', () => resolve(''));
  });
}

export async function connected(tunnel: Tunnel): Promise<Socket> {
  const socket = connect(tunnel.localEnd);
  await once(socket, 'connect');
  return socket;
}

export function noteOf<K extends TunnelNote['kind']>(tunnel: Tunnel, kind: K): Promise<Extract<TunnelNote, { kind: K }>> {
  return new Promise((resolve) => {
    tunnel.onNote((note) => {
      if (note.kind === kind) resolve(note as Extract<TunnelNote, { kind: K }>);
    });
  });
}

export async function failureOf(config: LpConfig): Promise<DisconnectReason> {
  const tunnel = await startTunnel(config);
  const failed = noteOf(tunnel, 'failed');
  expect(await dial(tunnel)).toBe('');
  return (await failed).reason;
}

export const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
