import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The user that PostgreSQL runs as; null: the user of this process (PostgreSQL refuses to run as root, and only then is another one needed). */
export type PostgresUser = { readonly uid: number; readonly gid: number } | null;

const EXISTING = 'postgres';
const OWN = 'vfxlp-postgres';

/**
 * As root: the owner of the cluster if there is one already, else the system's `postgres` user, else a system user made for it.
 * initdb asks for the user's name, so a bare number would not do.
 * @param clusterDir  the cluster's folder; need not exist
 * @throws when this is root and no user can be found or made
 */
export function findPostgresUser(clusterDir: string): PostgresUser {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return lookUp(EXISTING) ?? lookUp(OWN) ?? create();
}

/** The first folder on the way to `path` that the user may not pass; null when the way is free. */
export function blockingFolder(path: string, user: PostgresUser): string | null {
  if (user === null) return null;
  const folders: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (dirname(folder) === folder) break;
  }
  return folders.find((folder) => !mayPass(folder, user)) ?? null;
}

function mayPass(folder: string, user: { readonly uid: number; readonly gid: number }): boolean {
  const stat = statSync(folder);
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === user.gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}

function lookUp(name: string): PostgresUser {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch (error) {
    // `id` answers with a status other than 0 when there is no such user.
    if (error instanceof Error && 'status' in error && typeof error.status === 'number') return null;
    throw new Error(`Cannot look up the user ${name} that PostgreSQL is to run as: ${String(error)}`);
  }
}

function create(): PostgresUser {
  const commands = [
    ['useradd', '--system', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN],
    // busybox
    ['adduser', '-S', '-H', '-D', OWN],
  ] as const;
  const problems: string[] = [];
  for (const [command, ...args] of commands) {
    try {
      // `su` without a login shell leaves root without the sbin folders.
      const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
      execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
      const user = lookUp(OWN);
      if (user !== null) return user;
    } catch (error) {
      problems.push(String(error));
    }
  }
  throw new Error(
    `PostgreSQL does not run as root, and no user could be made for it (${problems.join('; ')}): ` +
      `create a system user "${OWN}", run the console as another user, or set VFXLP_DATABASE_URL`,
  );
}
