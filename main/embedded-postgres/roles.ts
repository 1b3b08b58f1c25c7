import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { PostgresUser } from './postgres-user.ts';
import { asUser } from './postmaster.ts';

/** initdb's: nobody can log in as it. What needs it is done before the server listens. */
export const SUPERUSER = 'vfxlp';
/** Owns the tables; the schema is brought up to date as it. */
export const OWNER = 'vfxlp_owner';
/** What the console runs as: it reads and writes rows, and only adds to the audit (see database/migrate). */
export const CONSOLE = 'vfxlp_console';
export const DATABASE = 'postgres';

export interface RolePasswords {
  readonly owner: string;
  readonly console: string;
}

/** A statement ends with a semicolon and an empty line, so that a DO block is one. */
const setUp = (passwords: RolePasswords): string => `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${OWNER}') THEN CREATE ROLE ${OWNER}; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${CONSOLE}') THEN CREATE ROLE ${CONSOLE}; END IF;
END $$;

ALTER ROLE ${OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '${passwords.owner}';

ALTER ROLE ${CONSOLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '${passwords.console}';

ALTER ROLE ${SUPERUSER} NOLOGIN PASSWORD NULL;

ALTER DATABASE ${DATABASE} OWNER TO ${OWNER};

DO $$ DECLARE own record; BEGIN
  -- Of a data folder whose console was the superuser. What an identity column owns follows its table.
  FOR own IN SELECT c.oid::regclass AS name FROM pg_class c
      WHERE relnamespace = 'public'::regnamespace AND relowner = '${SUPERUSER}'::regrole AND relkind IN ('r', 'v', 'm', 'p', 'S')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND relkind = 'S') LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO ${OWNER}', own.name);
  END LOOP;
  FOR own IN SELECT oid::regprocedure AS name FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND proowner = '${SUPERUSER}'::regrole LOOP
    EXECUTE format('ALTER ROUTINE %s OWNER TO ${OWNER}', own.name);
  END LOOP;
END $$;
`;

/**
 * Makes the roles, with passwords of this start, and brings a cluster of before over to them: in single-user mode, in which no superuser
 * ever logs in. No server runs on the cluster.
 *
 * @param further statements, each ending with a semicolon and an empty line
 * @throws Error with what PostgreSQL said
 */
export async function setUpRoles(
  binaries: PostgresBinaries,
  clusterDir: string,
  user: PostgresUser,
  passwords: RolePasswords,
  further: string,
): Promise<void> {
  const args = ['--single', '-j', '-D', clusterDir, '-c', 'exit_on_error=true', '-c', 'log_min_messages=error', DATABASE];
  const running = promisify(execFile)(binaries.postgres, args, { ...asUser(user), cwd: '/' });
  // Whatever ends it early is what its exit says.
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(`${setUp(passwords)}\n${further}\n`);
  try {
    await running;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(
      `PostgreSQL did not start: its roles could not be set up in ${clusterDir}: ${said === '' ? String(error) : said}`,
    );
  }
}
