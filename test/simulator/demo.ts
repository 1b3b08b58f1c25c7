import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../main/base/free-port.ts';
import type { LpDraft } from '../../main/contracts/lp-config.ts';
import type { LpView } from '../../main/contracts/lp-view.ts';
import { findOwnElectron } from '../support/electron/electron.ts';
import { findTool } from '../support/system-tools.ts';
import { Fleet } from './fleet.ts';
import { GuardedProcess } from './guarded-process.ts';

// `npm run demo`: the console on its embedded database in a folder of its own, with a fleet of simulated LPs and NATS where there is one.

const startedAt = Date.now();
/** The built console; the tests name another folder than `out`. */
const built = resolve(fileURLToPath(new URL('../..', import.meta.url)), process.argv[2] ?? 'out');
const out = (file: string) => join(built, 'main', file);
const say = (text: string) => console.log(`[${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s] ${text}`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort(`${signal} received`));
// npm's shell does not pass a SIGTERM on; it only is no longer there.
const { ppid } = process;
const orphaned = setInterval(() => {
  if (process.ppid !== ppid) ending.abort('whoever started the demo is gone');
}, 500);
const ended = new Promise<string>((resolve) =>
  ending.signal.addEventListener('abort', () => resolve(String(ending.signal.reason))),
);

let failure: unknown = null;

interface DemoConsole {
  readonly process: GuardedProcess;
  readonly adminUrl: string;
  readonly token: string;
  readonly desktop: boolean;
}

async function run(owned: AsyncDisposableStack): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'vfxlp-demo-'));
  // The embedded PostgreSQL runs as another user where this one is root, and must be able to pass through.
  chmodSync(dir, 0o711);
  owned.defer(async () => {
    // Of a console that died: its database is stopped in order by then, or in a moment.
    for (let waited = 0; waited < 15_000 && existsSync(join(dir, 'data', 'postgres', 'postmaster.pid')); waited += 100)
      await pause(100);
    rmSync(dir, { recursive: true, force: true });
  });
  say(`Data and logs in ${dir}, removed at the end`);
  const nats = await startNats(dir);
  if (nats !== null) owned.defer(() => nats.process.stop());
  say(nats === null ? 'NATS off: no nats-server on this machine' : `NATS at ${nats.url}`);

  // The console stops first: it logs out while the LPs are still there.
  const fleetStarting = Fleet.start(dir, out('simulator.js'));
  owned.defer(async () => (await fleetStarting.catch(() => null))?.stop());
  const console = await startConsole(dir, nats?.url ?? null);
  owned.defer(() => console.process.stop());
  void console.process.exited.then((code) => {
    if (code !== 0 && !ending.signal.aborted)
      failure = new Error(`The console ended by itself (${code}):\n${console.process.output}`);
    ending.abort(console.desktop ? 'the window was closed' : 'the console ended');
  });
  const [fleet] = await Promise.all([fleetStarting, untilHealthy(console)]);
  for (const note of fleet.notes) say(note);
  say(`The console is up, with ${fleet.drafts.length} simulated LPs beside it`);

  await Promise.all(fleet.drafts.map((draft) => configure(console, draft)));
  if (!console.desktop) say(`Open ${console.adminUrl}/#token=${console.token}`);
  await reportLogons(console, 4);
  say(
    `Faults, as in simulator --help: curl -d '{"kind":"silent"}' http://127.0.0.1:PORT/fault, and {"kind":"none"}, where PORT is`,
  );
  say([...fleet.controlPorts].map(([provider, port]) => `${provider} ${port}`).join(', '));
  say('Ctrl+C ends everything');
  await ended;
}

/** Null when there is no nats-server on this machine. */
async function startNats(dir: string): Promise<{ url: string; process: GuardedProcess } | null> {
  const program = findTool('nats-server');
  if (program === null) return null;
  const config = join(dir, 'nats.conf');
  writeFileSync(config, 'host: 127.0.0.1\nport: -1\nwebsocket { host: 127.0.0.1, port: -1, no_tls: true }\n');
  const process = await GuardedProcess.start(program, ['-c', config], { stopMs: 5_000 });
  const deadline = Date.now() + 10_000;
  while (process.running && Date.now() < deadline) {
    const [, url] = /websocket clients on (ws:\/\/\S+)/.exec(process.output) ?? [];
    if (url !== undefined) return { url, process };
    await pause(20);
  }
  await process.stop();
  throw new Error(`nats-server did not start: ${process.output}`);
}

async function startConsole(dir: string, natsUrl: string | null): Promise<DemoConsole> {
  const port = await freePort();
  const token = randomBytes(24).toString('base64url');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    VFXLP_DATA_DIR: join(dir, 'data'),
    VFXLP_FIX_LOG_DIR: join(dir, 'fix'),
    VFXLP_ADMIN_HOST: '127.0.0.1',
    VFXLP_ADMIN_PORT: String(port),
    VFXLP_ADMIN_TOKEN: token,
    VFXLP_NATS_URL: natsUrl ?? undefined,
    VFXLP_DATABASE_URL: undefined,
  };
  // Electron does not run as root with its sandbox on, and without it not at all.
  const electron = hasDisplay() && process.getuid?.() !== 0 ? (findOwnElectron()?.executablePath ?? null) : null;
  const [program, argv] = electron === null ? [process.execPath, [out('serve.js')]] : [electron, [out('desktop.js')]];
  say(
    electron === null
      ? 'Starting the console for a browser (no Electron binary, no display, or root)'
      : 'Starting the desktop console',
  );
  return {
    process: await GuardedProcess.start(program, argv, { env, stopMs: 20_000 }),
    adminUrl: `http://127.0.0.1:${port}`,
    token,
    desktop: electron !== null,
  };
}

async function untilHealthy({ process, adminUrl }: DemoConsole): Promise<void> {
  while (!ending.signal.aborted) {
    if (!process.running) throw new Error(`The console did not start:\n${process.output}`);
    const response = await fetch(`${adminUrl}/healthz`, { signal: ending.signal }).catch(() => null);
    if (response?.ok === true) return;
    await pause(50);
  }
}

async function configure(console: DemoConsole, draft: LpDraft): Promise<void> {
  const path = `/lps/${encodeURIComponent(draft.provider)}`;
  await api(console, 'PUT', `${path}?actor=demo`, draft);
  await api(console, 'POST', `${path}/activate`, { actor: 'demo', reason: 'demo' });
}

/** Says when `count` LPs are logged on, or what the LPs are doing when that takes long. */
async function reportLogons(console: DemoConsole, count: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!ending.signal.aborted) {
    const { lps } = (await api(console, 'GET', '/lps')) as { lps: readonly LpView[] };
    const states = lps.map(({ provider, state }) => `${provider} ${state.kind}`).join(', ');
    if (lps.filter(({ state }) => state.kind === 'logged-on').length >= count || Date.now() > deadline) {
      say(states);
      return;
    }
    await pause(100);
  }
}

async function api(
  { adminUrl, token }: DemoConsole,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${adminUrl}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: ending.signal,
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some((display) => display !== undefined && display !== '');
}

const owned = new AsyncDisposableStack();
try {
  await run(owned);
} catch (error) {
  if (!ending.signal.aborted) failure = error;
}
say(failure === null ? `Ending: ${String(ending.signal.reason)}` : 'Ending after an error');
await owned.disposeAsync();
clearInterval(orphaned);
if (failure !== null) console.error(failure instanceof Error ? failure.message : failure);
process.exit(failure === null ? 0 : 1);
