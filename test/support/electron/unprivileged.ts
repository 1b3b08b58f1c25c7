import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Electron } from './real-electron.ts';

/** Electron refuses to run as root with its sandbox on, and the sandbox stays on: who is root runs it as this user. */
const NOBODY = 'nobody';
const GIVE_UP_ROOT = ['setpriv', `--reuid=${NOBODY}`, '--regid=nogroup', '--clear-groups'];

const isRoot = process.getuid?.() === 0;
/** Elsewhere tests have a display and are nobody's root. */
const isLinux = process.platform === 'linux';
const asUser = (command: readonly string[]): readonly string[] => (isRoot ? [...GIVE_UP_ROOT, ...command] : command);

/** A program with a window, as a user without privileges starts it. */
export interface UnprivilegedApp {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

type Defer = (undo: () => void | Promise<void>) => void;

/**
 * Electron and the built application for a user without privileges.
 *
 * @param home a folder of this run: becomes that user's, with all that is in it
 * @param defer takes what must be undone at the end
 */
export async function unprivilegedElectron(
  electron: Electron,
  home: string,
  defer: Defer,
): Promise<UnprivilegedApp & { readonly main: string }> {
  const folder = readable(process.cwd(), ['package.json', 'out', 'node_modules'], defer);
  return { ...(await unprivileged(electron.executablePath, home, defer)), main: join(folder, 'out/main/desktop.js') };
}

/** The packaged application, likewise, and its command line as `vfxlp` in that home. @param folder where it is unpacked */
export async function unprivilegedPackage(folder: string, home: string, defer: Defer): Promise<UnprivilegedApp> {
  const own = readable(folder, readdirSync(folder), defer);
  if (isLinux) asScript(join(home, 'vfxlp'), join(own, 'vfxlp'));
  return unprivileged(join(own, 'vfxlp-console'), home, defer);
}

async function unprivileged(program: string, home: string, defer: Defer): Promise<UnprivilegedApp> {
  if (!isLinux) return { executablePath: program, env: { HOME: home } };
  hand(home);
  const script = join(home, 'electron');
  asScript(script, program);
  return { executablePath: script, env: { HOME: home, DISPLAY: await display(home, defer) } };
}

/** A script that runs a program as this user. */
function asScript(script: string, program: string): void {
  writeFileSync(script, ['#!/bin/sh', `exec ${asUser([`'${program}'`]).join(' ')} "$@"`, ''].join('\n'));
  chmodSync(script, 0o755);
}

/** Gives a folder of the tests to Electron's user. */
function hand(folder: string): void {
  if (isRoot) must(spawnSync('chown', ['-R', `${NOBODY}:nogroup`, folder]));
}

/** A folder that this user may not read, or not all of it, is copied for him. */
function readable(root: string, parts: readonly string[], defer: Defer): string {
  if (!isLinux) return root;
  const [command = '', ...args] = asUser(['sh', '-c', 'for path; do test -r "$path" || exit 1; done', 'sh']);
  if (spawnSync(command, [...args, ...parts.map((part) => join(root, part))]).status === 0) return root;
  const copy = mkdtempSync(join(tmpdir(), 'vfxlp-app-'));
  defer(() => rmSync(copy, { recursive: true }));
  for (const part of parts) cpSync(join(root, part), join(copy, part), { recursive: true, verbatimSymlinks: true });
  must(spawnSync('chmod', ['-R', 'a+rX', copy]));
  return copy;
}

/** The display of whoever runs the tests; root's is not for others, and where there is none, one is started. */
async function display(home: string, defer: Defer): Promise<string> {
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
