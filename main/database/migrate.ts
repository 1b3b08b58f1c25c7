import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { messageOf } from '../base/errors.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** Where the console runs as a role of its own: it reads and writes rows, and can only add to the audit. */
const GRANTS = `
DO $$ DECLARE own record; BEGIN
  IF current_user = 'vfxlp_console' OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vfxlp_console') THEN RETURN; END IF;
  FOR own IN
    SELECT c.oid::regclass AS name, r.privilege, r.wanted
      FROM pg_class c, LATERAL (
        SELECT privilege, CASE WHEN relkind = 'v' OR relname = 'vfxlp_migrations' THEN privilege = 'SELECT'
                               WHEN relname = 'vfxlp_audit' THEN privilege IN ('SELECT', 'INSERT')
                               ELSE privilege <> 'TRUNCATE' END AS wanted
          FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege) r
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v') AND relname LIKE 'vfx%' AND pg_has_role(relowner, 'USAGE')
       AND has_table_privilege('vfxlp_console', c.oid, privilege) <> r.wanted
  LOOP
    EXECUTE format(CASE WHEN own.wanted THEN 'GRANT %s ON %s TO vfxlp_console' ELSE 'REVOKE %s ON %s FROM vfxlp_console' END, own.privilege, own.name);
  END LOOP;
END $$`;

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  return use(client).finally(() => client.end());
}

/** Whoever does not own the tables can see that nothing is to be done, and no more. */
async function isDone(client: pg.Client): Promise<boolean> {
  const found = await client.query(`SELECT to_regclass('vfxlp_migrations') IS NOT NULL AS begun`);
  if (found.rows[0]?.begun !== true) return false;
  const { rows } = await client.query('SELECT name FROM vfxlp_migrations');
  const done = new Set(rows.map(({ name }) => name));
  return MIGRATIONS.every(({ name }) => done.has(name));
}

/**
 * Brings the database to the schema of this console. Consoles that start together wait for each other; each migration is all or nothing.
 * @param url  postgres://…; the user owns the tables, or may make them
 * @returns the names of the migrations that ran now
 * @throws Error naming what PostgreSQL refused
 */
export async function migrate(url: string): Promise<readonly string[]> {
  // The runner reads its migrations from a folder.
  const dir = mkdtempSync(join(tmpdir(), 'vfxlp-migrations-'));
  const errors: string[] = [];
  const quiet = () => undefined;
  try {
    if (await withClient(url, isDone)) {
      await withClient(url, (client) => client.query(GRANTS));
      return [];
    }
    for (const { name, sql } of MIGRATIONS) writeFileSync(join(dir, `${name}.sql`), sql);
    const done = await runner({
      databaseUrl: { connectionString: url, connectionTimeoutMillis: 10_000 },
      dir,
      direction: 'up',
      migrationsTable: 'vfxlp_migrations',
      advisoryLockMode: 'wait',
      logger: { info: quiet, warn: quiet, error: (text: string) => errors.push(text) },
    });
    await withClient(url, (client) => client.query(GRANTS));
    return done.map((migration) => migration.name);
  } catch (error) {
    const said = messageOf(error);
    throw new Error(
      `The database schema could not be brought up to date: ${said}${errors.length === 0 ? '' : `\n${errors.join('\n')}`}`,
      {
        cause: error,
      },
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
}
