import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { alive, ca, dial, dir, good, listening, lp, manager, never, startTunnel, tlsServer } from './tunnel-rig.ts';

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
      reason: { code: 'tunnel-failed', detail: 'tunnel.caFile: /nonexistent/ca.pem cannot be read (there is no such file)' },
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

  it('takes another port, where there are no Unix sockets, when the first was taken meanwhile', async () => {
    const taken = await listening(createServer());
    const ports = [taken, taken];
    const free = await tlsServer(good);
    const spare = createServer();
    const next = await listening(spare);
    await new Promise((resolve) => spare.close(resolve));
    const tunnel = await startTunnel(lp(free), manager({ unixSockets: false, proposePort: async () => ports.pop() ?? next }));
    expect(tunnel.localEnd).toEqual({ host: '127.0.0.1', port: next });
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

  it('gives each LP a process and a local end of its own', async () => {
    const port = await tlsServer(good);
    const shared = manager();
    const tunnels = await Promise.all([1, 2, 3, 4].map(() => startTunnel(lp(port), shared)));
    expect(new Set(tunnels.map((tunnel) => JSON.stringify(tunnel.localEnd))).size).toBe(4);
    expect(new Set(tunnels.map((tunnel) => tunnel.pid)).size).toBe(4);
  });
});

describe('the end of a tunnel', () => {
  it('stop ends the process and its connections, and tells the exit once', async () => {
    const tunnel = await startTunnel(lp(await tlsServer(good)));
    const exits: unknown[] = [];
    tunnel.onExit((exit) => exits.push(exit));
    const client = connect(tunnel.localEnd);
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
    const console = spawn(process.execPath, [program, ca.certFile, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => console.stdout.once('data', (text) => resolve(Number(text))));
    expect(alive(pid)).toBe(true);
    console.kill('SIGKILL');
    await expect.poll(() => alive(pid), { timeout: 5_000 }).toBe(false);
  });
});
