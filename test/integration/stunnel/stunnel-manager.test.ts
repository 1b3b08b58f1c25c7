import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
import { SimulatorProcess } from '../../simulator/simulator-process.ts';
import { CertificateAuthority, type KeyPair } from '../../support/certificates.ts';
import { RawFixClient } from '../../support/raw-fix-client.ts';
import { requireTool } from '../../support/system-tools.ts';

/** The signal of a start that nobody gives up. */
const never = new AbortController().signal;

let dir = '';
let ca: CertificateAuthority;
let good: KeyPair;
const open: (() => unknown)[] = [];
let logged: string[] = [];

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

function manager(options: Partial<StunnelManagerOptions> = {}): TunnelManager {
  const log = { write: (line: string) => logged.push(line), close: () => undefined };
  return new StunnelManager({ logs: { open: () => log }, clock: systemClock, env: process.env, ...options });
}

function lp(port: number, tunnel: Partial<TunnelOptions> = {}): LpConfig {
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
    version: 1,
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A TLS server that greets whoever comes. */
function tlsServer(pair: KeyPair, more: TlsOptions = {}): Promise<number> {
  const server = createTlsServer({ cert: readFileSync(pair.certFile), key: readFileSync(pair.keyFile), ...more }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('hello');
  });
  return listening(server.on('tlsClientError', (_error, socket) => socket.destroy()));
}

async function startTunnel(config: LpConfig, by = manager()): Promise<Tunnel> {
  const started = await by.start(config, config, never);
  if (!started.ok) throw new Error(JSON.stringify(started.reason));
  open.push(() => started.tunnel.stop());
  return started.tunnel;
}

/** Dials through the tunnel; resolves with what the far side sent when it said something or closed. */
function dial(tunnel: Tunnel): Promise<string> {
  const socket = connect(tunnel.port, tunnel.host);
  open.push(() => socket.destroy());
  return new Promise((resolve) => {
    socket.once('data', (bytes) => resolve(bytes.toString()));
    socket.once('error', () => resolve(''));
    socket.once('close', () => resolve(''));
  });
}

function noteOf<K extends TunnelNote['kind']>(tunnel: Tunnel, kind: K): Promise<Extract<TunnelNote, { kind: K }>> {
  return new Promise((resolve) => {
    tunnel.onNote((note) => {
      if (note.kind === kind) resolve(note as Extract<TunnelNote, { kind: K }>);
    });
  });
}

async function failureOf(config: LpConfig): Promise<DisconnectReason> {
  const tunnel = await startTunnel(config);
  const failed = noteOf(tunnel, 'failed');
  expect(await dial(tunnel)).toBe('');
  return (await failed).reason;
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a tunnel', () => {
  it('carries bytes over verified TLS and tells address, version and cipher', async () => {
    const port = await tlsServer(good);
    const tunnel = await startTunnel(lp(port));
    const [connected, tls] = [noteOf(tunnel, 'connected'), noteOf(tunnel, 'tls')];
    expect(await dial(tunnel)).toBe('hello');
    expect((await connected).address).toBe(`127.0.0.1:${port}`);
    expect(await tls).toMatchObject({ version: 'TLSv1.3', cipher: expect.stringContaining('TLS_') });
    expect(logged.some((line) => line.includes('Certificate accepted at depth=0: CN=lp.example.test'))).toBe(true);
  });

  it('does not dial the LP before the engine does', async () => {
    let connections = 0;
    const server = createServer(() => {
      connections += 1;
    });
    const port = await listening(server);
    await startTunnel(lp(port));
    await new Promise((resolve) => server.getConnections(resolve));
    expect(connections).toBe(0);
    expect(logged.filter((line) => line.includes('accepted connection'))).toEqual([]);
  });

  it('verifies each connection anew', async () => {
    const tunnel = await startTunnel(lp(await tlsServer(good)));
    for (let i = 0; i < 3; i += 1) expect(await dial(tunnel)).toBe('hello');
    expect(logged.filter((line) => line.includes('Certificate accepted at depth=0'))).toHaveLength(3);
  });

  it('accepts the pinned certificate, and tells how long it is good', async () => {
    const tunnel = await startTunnel(lp(await tlsServer(good), { verify: 'pinned', caFile: good.certFile }));
    const certificate = noteOf(tunnel, 'certificate');
    expect(await dial(tunnel)).toBe('hello');
    expect(await certificate).toMatchObject({ daysLeft: 364, subject: 'CN=lp.example.test' });
  });

  it('shows the client certificate when there is one', async () => {
    const client = await ca.issue({ name: 'vfxlp-client' });
    const port = await tlsServer(good, { requestCert: true, rejectUnauthorized: true, ca: readFileSync(ca.certFile) });
    expect(await dial(await startTunnel(lp(port, client)))).toBe('hello');
    expect(await failureOf(lp(port))).toEqual({ code: 'tls-failed', detail: 'the LP requires a client certificate' });
  });

  it('carries a FIX session of a simulated LP, and its fall shows at both ends', async () => {
    const simulator = await SimulatorProcess.start({ rate: 0, tls: good });
    open.push(() => simulator.stop());
    const tunnel = await startTunnel(lp(simulator.port));
    const client = await RawFixClient.connect({ port: tunnel.port });
    open.push(() => client.close());
    client.logon();
    await client.next(({ msgType }) => msgType === 'A');
    tunnel.kill();
    await client.untilClosed();
    await simulator.until(({ connected }) => !connected);
  });
});

describe('a tunnel that cannot be made', () => {
  it('names an expired certificate', async () => {
    const expired = await ca.issue({ name: 'expired', dnsNames: ['localhost'], days: -1 });
    expect(await failureOf(lp(await tlsServer(expired)))).toEqual({
      code: 'tls-certificate',
      detail: 'CN=expired: certificate has expired',
    });
  });

  it('names a certificate of another host', async () => {
    const other = await ca.issue({ name: 'other', dnsNames: ['other.example.test'] });
    expect(await failureOf(lp(await tlsServer(other)))).toMatchObject({
      code: 'tls-certificate',
      detail: 'CN=other: it does not carry the expected host name',
    });
    expect(await dial(await startTunnel(lp(await tlsServer(other), { checkHost: 'other.example.test' })))).toBe('hello');
  });

  it('names a certificate of an authority that it does not trust', async () => {
    const reason = await failureOf(lp(await tlsServer(good), { caFile: null }));
    expect(reason).toMatchObject({ code: 'tls-certificate', detail: expect.stringContaining('issuer') });
  });

  it('names a certificate that is not the pinned one', async () => {
    const pinned = await ca.issue({ name: 'pinned' });
    const reason = await failureOf(lp(await tlsServer(good), { verify: 'pinned', caFile: pinned.certFile }));
    expect(reason).toEqual({ code: 'tls-certificate', detail: 'CN=lp.example.test: it is not the pinned certificate' });
  });

  it('refuses less than the TLS version asked for', async () => {
    const port = await tlsServer(good, { maxVersion: 'TLSv1.2' });
    expect(await failureOf(lp(port, { minVersion: 'TLSv1.3' }))).toMatchObject({ code: 'tls-failed' });
  });

  it('tells a port without TLS, a closed port and an unknown name', async () => {
    const plain = await listening(createServer((socket) => socket.on('error', () => socket.destroy()).write('8=FIX.4.4')));
    expect(await failureOf(lp(plain))).toEqual({ code: 'tls-failed', detail: 'the LP does not speak TLS on this port' });
    const server = createServer();
    const closed = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await failureOf(lp(closed))).toMatchObject({
      code: 'tcp-refused',
      detail: expect.stringContaining(`127.0.0.1:${closed}`),
    });
    const unknown = { ...lp(1), host: 'no-such-host.invalid' };
    expect(await failureOf(unknown)).toMatchObject({
      code: 'dns-failed',
      detail: expect.stringContaining('no-such-host.invalid'),
    });
  });
});

describe('start', () => {
  it('says how to install stunnel when there is none', async () => {
    const started = await manager({ env: { VFXLP_STUNNEL: '/nonexistent/stunnel' } }).start(lp(1), lp(1), never);
    expect(started).toEqual({
      ok: false,
      reason: { code: 'tunnel-missing', detail: expect.stringContaining('/nonexistent/stunnel') },
    });
  });

  it('names the file that cannot be read, and the one that is no certificate', async () => {
    const missing = await manager().start(lp(1, { caFile: '/nonexistent/ca.pem' }), lp(1), never);
    expect(missing).toMatchObject({
      reason: { code: 'tunnel-failed', detail: 'tunnel.caFile: /nonexistent/ca.pem cannot be read' },
    });
    const rubbish = join(dir, 'rubbish.pem');
    writeFileSync(rubbish, 'not a certificate');
    const started = await manager().start(lp(1, { caFile: rubbish }), lp(1), never);
    expect(started).toMatchObject({
      ok: false,
      reason: { code: 'tunnel-failed', detail: expect.stringContaining('No trusted certificates') },
    });
    const pinned = await manager().start(lp(1, { verify: 'pinned', caFile: rubbish }), lp(1), never);
    expect(pinned).toMatchObject({
      ok: false,
      reason: { code: 'tunnel-failed', detail: expect.stringContaining('holds no certificate') },
    });
  });

  it('takes another port when the first was taken meanwhile', async () => {
    const taken = await listening(createServer());
    const ports = [taken, taken];
    const free = await tlsServer(good);
    const spare = createServer();
    const next = await listening(spare);
    await new Promise((resolve) => spare.close(resolve));
    const tunnel = await startTunnel(lp(free), manager({ proposePort: async () => ports.pop() ?? next }));
    expect(tunnel.port).toBe(next);
    expect(await dial(tunnel)).toBe('hello');
  });

  it('ends a stunnel that does not say that it listens, at once when the start is given up', async () => {
    const silent = join(dir, 'silent-stunnel');
    writeFileSync(silent, '#!/bin/sh\necho $$ >"$0.pid"\nexec sleep 60\n', { mode: 0o755 });
    const givenUp = new AbortController();
    const starting = manager({ env: { VFXLP_STUNNEL: silent } }).start(lp(1), lp(1), givenUp.signal);
    const pid = () => Number(readFileSync(`${silent}.pid`, 'utf8'));
    await expect.poll(() => existsSync(`${silent}.pid`) && pid() > 0 && alive(pid())).toBe(true);
    const beganMs = performance.now();
    givenUp.abort();
    expect(await starting).toMatchObject({ ok: false, reason: { code: 'tunnel-failed', detail: 'the start was given up' } });
    expect(alive(pid())).toBe(false);
    // Far below the five seconds that it has to say so.
    expect(performance.now() - beganMs).toBeLessThan(2_000);
  });

  it('gives each LP a process and a port of its own', async () => {
    const port = await tlsServer(good);
    const shared = manager();
    const tunnels = await Promise.all([1, 2, 3, 4].map(() => startTunnel(lp(port), shared)));
    expect(new Set(tunnels.map((tunnel) => tunnel.port)).size).toBe(4);
    expect(new Set(tunnels.map((tunnel) => tunnel.pid)).size).toBe(4);
  });
});

describe('the end of a tunnel', () => {
  it('stop ends the process and its connections, and tells the exit once', async () => {
    const tunnel = await startTunnel(lp(await tlsServer(good)));
    const exits: unknown[] = [];
    tunnel.onExit((exit) => exits.push(exit));
    const client = connect(tunnel.port, tunnel.host);
    await new Promise((resolve) => client.once('data', resolve));
    const closed = new Promise((resolve) => client.once('close', resolve));
    await tunnel.stop();
    await closed;
    await tunnel.stop();
    expect(alive(tunnel.pid)).toBe(false);
    expect(exits).toHaveLength(1);
  });

  it('stop kills a stunnel that does not react', async () => {
    const tunnel = await startTunnel(lp(1));
    process.kill(tunnel.pid, 'SIGSTOP');
    await tunnel.stop();
    expect(alive(tunnel.pid)).toBe(false);
  });

  it('a killed stunnel tells its exit', async () => {
    const tunnel = await startTunnel(lp(1));
    const exit = new Promise((resolve) => tunnel.onExit(resolve));
    process.kill(tunnel.pid, 'SIGKILL');
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('comes when the console is killed', async () => {
    const program = fileURLToPath(new URL('./start-tunnel.ts', import.meta.url));
    const console = spawn(process.execPath, [program, ca.certFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => console.stdout.once('data', (text) => resolve(Number(text))));
    expect(alive(pid)).toBe(true);
    console.kill('SIGKILL');
    await expect.poll(() => alive(pid), { timeout: 5_000 }).toBe(false);
  });
});
