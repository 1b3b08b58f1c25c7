import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { LpView } from '../../../main/contracts/lp-view.ts';
import { requireTool } from '../../support/system-tools.ts';

const root = join(import.meta.dirname, '../../..');
/** Names this run's processes: it stands on the command line of each that runs what was built. */
const outDir = join(root, 'out', `demo-test-${process.pid}`);

interface Demo {
  readonly child: ChildProcess;
  readonly dir: string;
  readonly lps: () => Promise<readonly LpView[]>;
}

let demo: Demo | null = null;

beforeAll(async () => {
  await Promise.all([requireTool('stunnel'), requireTool('openssl'), requireTool('nats-server')]);
  execFileSync(process.execPath, [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--outDir', outDir], {
    cwd: root,
    stdio: 'pipe',
  });
});
afterEach(async () => {
  if (demo === null) return;
  demo.child.kill('SIGKILL');
  rmSync(demo.dir, { recursive: true, force: true });
  demo = null;
});
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

/** Starts the demo and waits until it says that four LPs are logged on. */
async function startDemo(): Promise<Demo> {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const child = spawn(process.execPath, ['test/simulator/demo.ts', outDir], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      if (line.includes('Ctrl+C ends everything')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${said.join('\n')}`)));
  });
  const [, url, token] = /Open (\S+)\/#token=(\S+)/.exec(said.join('\n')) ?? [];
  const [, dir] = /Data and logs in (\S+),/.exec(said.join('\n')) ?? [];
  if (dir === undefined) throw new Error(`the demo does not say where its data is:\n${said.join('\n')}`);
  const lps = async () => {
    const response = await fetch(`${url}/api/v1/lps`, { headers: { authorization: `Bearer ${token}` } });
    return ((await response.json()) as { lps: readonly LpView[] }).lps;
  };
  demo = { child, dir, lps };
  return demo;
}

/** Command lines that name the demo's folders, and the stunnels that it told of. */
function leftBehind({ dir }: Demo, tunnels: readonly number[]): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }))
    .filter(({ pid, command }) => command.includes(`${outDir}/`) || command.includes(dir) || tunnels.includes(pid))
    .map(({ pid, command }) => `${pid} ${command}`);
}

function commandOf(pid: string): string {
  try {
    // A process that has ended and is not yet waited for has no command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

const state = (lps: readonly LpView[], provider: string) => lps.find((lp) => lp.provider === provider)?.state.kind;

it('shows LPs that are well, one over TLS, one that refuses and one that flaps, and leaves nothing behind on SIGTERM', async () => {
  const { child, dir, lps } = await startDemo();
  for (const provider of ['LP-ALPHA', 'LP-BRAVO', 'LP-CHARLIE', 'LP-DELTA', 'LP-ECHO-TLS'])
    await expect.poll(async () => state(await lps(), provider), { timeout: 15_000 }).toBe('logged-on');
  const views = await lps();
  const refused = async () => (await lps()).find(({ provider }) => provider === 'LP-FOXTROT')?.reason;
  await expect
    .poll(refused, { timeout: 15_000 })
    .toMatchObject({ code: 'logon-refused', peerText: expect.stringContaining('not permissioned') });
  const tunnels = views.flatMap(({ tunnelPid }) => tunnelPid ?? []);
  expect(tunnels).toHaveLength(1);
  const running = demo as Demo;
  expect(leftBehind(running, tunnels).length).toBeGreaterThan(views.length * 2);

  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect(leftBehind(running, tunnels)).toEqual([]);
  expect(existsSync(dir)).toBe(false);
});

it('leaves nothing behind when it is killed', async () => {
  const { child, lps } = await startDemo();
  const tunnels = (await lps()).flatMap(({ tunnelPid }) => tunnelPid ?? []);
  const running = demo as Demo;
  child.kill('SIGKILL');
  await expect.poll(() => leftBehind(running, tunnels), { timeout: 25_000, interval: 100 }).toEqual([]);
});
