import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Electron } from './real-electron.ts';
import { findStandIn, provideStandIn, STAND_IN } from './stand-in.ts';

const run = promisify(execFile);
const FETCH_TIMEOUT_MS = 180_000;

/** The Electron that is on this machine, or null. Never fetches one: importing the package itself would. */
export const findElectron = (): Electron | null => findOwnElectron() ?? findStandIn();

/** The binary of the electron package, or null where it has not been fetched. */
export function findOwnElectron(): Electron | null {
  const folder = packageFolder();
  const named = join(folder, 'path.txt');
  const binary = existsSync(named) ? join(folder, 'dist', readFileSync(named, 'utf8').trim()) : null;
  if (binary === null || !existsSync(binary)) return null;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { executablePath: binary, what: `Electron ${version} of the electron package`, version };
}

/**
 * The Electron of this machine; where there is none, the electron package's binary is fetched, else the stand-in.
 * @throws Error naming both failures
 */
export async function requireElectron(): Promise<Electron> {
  const found = findElectron();
  if (found !== null) return found;
  let refused: unknown;
  try {
    await run(process.execPath, [join(packageFolder(), 'install.js'), '--no'], { timeout: FETCH_TIMEOUT_MS });
    const fetched = findElectron();
    if (fetched !== null) return fetched;
  } catch (error) {
    refused = error;
  }
  try {
    return await provideStandIn();
  } catch (error) {
    throw new AggregateError(
      [refused, error],
      `Neither Electron's own binary nor ${STAND_IN} could be fetched: ${String(error)}`,
    );
  }
}

const packageFolder = (): string => dirname(createRequire(import.meta.url).resolve('electron/package.json'));
