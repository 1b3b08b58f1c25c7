import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tunnel } from '../../../main/contracts/processes.ts';
import { dial, good, lp, manager, startTunnel, tlsServer } from './tunnel-rig.ts';

const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0;

const pathOf = ({ localEnd }: Tunnel): string => {
  if (!('path' in localEnd)) throw new Error('a port');
  return localEnd.path;
};
let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vfxlp-end-'));
  // As the data folder of root is: others may pass through it.
  chmodSync(home, 0o711);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** What somebody else meets who tries to connect: an errno, or `connected`. */
function tryAs(uid: number, path: string): string {
  const program = `require('node:net').connect(process.argv[1]).on('connect', () => { console.log('connected'); process.exit(); })
    .on('error', ({ code }) => { console.log(code); process.exit(); })`;
  return spawnSync(process.execPath, ['-e', program, path], { uid, gid: uid, cwd: '/', encoding: 'utf8' }).stdout.trim();
}

describe('the local end of a tunnel', () => {
  it('is a socket in a folder that only this user may enter, and goes with the tunnel', async () => {
    const tunnel = await startTunnel(lp(await tlsServer(good)), manager({ dataDir: home }));
    const path = pathOf(tunnel);
    expect(statSync(path).isSocket()).toBe(true);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(statSync(dirname(dirname(path))).mode & 0o777).toBe(0o700);
    expect(path.startsWith(home)).toBe(true);
    expect(await dial(tunnel)).toBe('hello');
    await tunnel.stop();
    expect(existsSync(dirname(path))).toBe(false);
  });

  it.runIf(asRoot)('is refused to another user of the machine, and no port listens', async () => {
    const tunnel = await startTunnel(lp(await tlsServer(good)), manager({ dataDir: home }));
    expect(tryAs(0, pathOf(tunnel))).toBe('connected');
    expect(tryAs(NOBODY, pathOf(tunnel))).toBe('EACCES');
    const listening = spawnSync('sh', ['-c', `ls -l /proc/${tunnel.pid}/fd | grep -o 'socket:\\[[0-9]*' | tr -dc '0-9\\n'`], {
      encoding: 'utf8',
    });
    const inodes = listening.stdout.trim().split('\n');
    const tcp = spawnSync('cat', ['/proc/net/tcp', '/proc/net/tcp6'], { encoding: 'utf8' }).stdout;
    expect(inodes.length).toBeGreaterThan(0);
    for (const line of tcp.split('\n').filter((row) => row.split(/\s+/)[4] === '0A'))
      expect(inodes).not.toContain(line.trim().split(/\s+/)[9]);
  });

  it('has a path short enough for a socket, also where the data folder has a long name', async () => {
    const long = join(home, 'x'.repeat(120));
    mkdirSync(long);
    const tunnel = await startTunnel(lp(await tlsServer(good)), manager({ dataDir: long }));
    expect(Buffer.byteLength(pathOf(tunnel))).toBeLessThanOrEqual(103);
    expect(statSync(dirname(pathOf(tunnel))).mode & 0o777).toBe(0o700);
    expect(await dial(tunnel)).toBe('hello');
    await tunnel.stop();
    expect(existsSync(dirname(pathOf(tunnel)))).toBe(false);
  });

  it('leaves nothing behind that a console which was ended by force could not clear away', async () => {
    mkdirSync(join(home, 'tunnels', 'abcdef'), { recursive: true });
    writeFileSync(join(home, 'tunnels', 'abcdef', 's'), '');
    manager({ dataDir: home });
    expect(readdirSync(join(home, 'tunnels'))).toEqual([]);
  });
});

describe('a stunnel that stands still', () => {
  it('is ended within 3 s, and says why', async () => {
    const tunnel = await startTunnel(lp(1), manager({ dataDir: home }));
    const beganMs = performance.now();
    const exit = new Promise((resolve) => tunnel.onExit(resolve));
    process.kill(tunnel.pid, 'SIGSTOP');
    expect(await exit).toMatchObject({ signal: expect.stringContaining('SIGSTOP') });
    expect(performance.now() - beganMs).toBeLessThan(3_000);
  });
});
