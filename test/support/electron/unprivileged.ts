import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Electron } from './real-electron.ts';

/** Electron refuses to run as root with its sandbox on, and the sandbox stays on: who is root runs it as this user. */
const NOBODY = 'nobody';
const GIVE_UP_ROOT = ['setpriv', `--reuid=${NOBODY}`, '--regid=nogroup', '--clear-groups'];

const isRoot = process.getuid?.() === 0;
const asUser = (command: readonly string[]): readonly string[] => (isRoot ? [...GIVE_UP_ROOT, ...command] : command);

/** The application as Electron's user sees it. */
export interface UnprivilegedApp {
  /** Starts Electron, with the arguments that it gets. */
  readonly executablePath: string;
  /** Path of desktop.js. */
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Electron and the built application for a user without privileges.
 *
 * @param home a folder of this run: becomes that user's, with all that is in it
 * @param defer takes what must be undone at the end
 */
export async function unprivilegedApp(
  electron: Electron,
  home: string,
  defer: (undo: () => void | Promise<void>) => void,
): Promise<UnprivilegedApp> {
  hand(home);
  const script = join(home, 'electron');
  const exports = Object.entries(electron.env).map(([name, value]) => `export ${name}='${value}'`);
  // Playwright deletes NODE_OPTIONS, so it is set here.
  writeFileSync(
    script,
    ['#!/bin/sh', ...exports, `exec ${asUser([`'${electron.executablePath}'`]).join(' ')} "$@"`, ''].join('\n'),
  );
  chmodSync(script, 0o755);
  const folder = readable(process.cwd(), defer);
  return {
    executablePath: script,
    main: join(folder, 'out/main/desktop.js'),
    env: { HOME: home, DISPLAY: await display(home, defer) },
  };
}

/** Gives a folder of the tests to Electron's user. */
function hand(folder: string): void {
  if (isRoot) must(spawnSync('chown', ['-R', `${NOBODY}:nogroup`, folder]));
}

/** A checkout that this user may not read is copied for him. */
function readable(root: string, defer: (undo: () => void) => void): string {
  const [command = '', ...args] = asUser(['test', '-r', join(root, 'node_modules/pg/package.json')]);
  if (spawnSync(command, args).status === 0) return root;
  const copy = mkdtempSync(join(tmpdir(), 'vfxlp-app-'));
  defer(() => rmSync(copy, { recursive: true }));
  for (const part of ['package.json', 'out', 'node_modules']) cpSync(join(root, part), join(copy, part), { recursive: true });
  must(spawnSync('chmod', ['-R', 'a+rX', copy]));
  return copy;
}

/** The display of whoever runs the tests; root's is not for others, and where there is none, one is started. */
async function display(home: string, defer: (undo: () => Promise<void>) => void): Promise<string> {
  const own = process.env['DISPLAY'];
  if (own !== undefined && own !== '' && !isRoot) return own;
  const [command = '', ...args] = asUser(['Xvfb', '-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp']);
  mkdirSync('/tmp/.X11-unix', { recursive: true });
  chmodSync('/tmp/.X11-unix', 0o1777);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
  });
  defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`Xvfb ended with ${String(code)} before it had a display`);
  });
  const [number] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [string];
  ended.catch(() => undefined);
  return `:${number}`;
}

function must({ status, stderr }: { readonly status: number | null; readonly stderr: Buffer }): void {
  if (status !== 0) throw new Error(stderr.toString());
}
