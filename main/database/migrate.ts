import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { messageOf } from '../base/errors.ts';
import { MIGRATIONS } from './migrations/index.ts';

/**
 * Brings the database to the schema of this console. Consoles that start together wait for each other; each migration is all or nothing.
 * @param url  postgres://…; the user must own the database's public schema
 * @returns the names of the migrations that ran now
 * @throws Error naming what PostgreSQL refused
 */
export async function migrate(url: string): Promise<readonly string[]> {
  // The runner reads its migrations from a folder.
  const dir = mkdtempSync(join(tmpdir(), 'vfxlp-migrations-'));
  const errors: string[] = [];
  const quiet = () => undefined;
  try {
    for (const { name, sql } of MIGRATIONS) writeFileSync(join(dir, `${name}.sql`), sql);
    const done = await runner({
      databaseUrl: { connectionString: url, connectionTimeoutMillis: 10_000 },
      dir,
      direction: 'up',
      migrationsTable: 'vfxlp_migrations',
      advisoryLockMode: 'wait',
      logger: { info: quiet, warn: quiet, error: (text: string) => errors.push(text) },
    });
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
