import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { SimulatorProcess } from '../../simulator/simulator-process.ts';
import { RawFixClient } from '../../support/raw-fix-client.ts';

import {
  ca,
  connected,
  dial,
  failureOf,
  good,
  listening,
  logged,
  lp,
  noteOf,
  open,
  startTunnel,
  tlsServer,
} from './tunnel-rig.ts';

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
    const client = await RawFixClient.connect({ port: simulator.port, socket: await connected(tunnel) });
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
