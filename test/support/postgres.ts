import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../main/database/migrate.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../main/embedded-postgres/embedded-postgres.ts';

export interface TestDatabase {
  readonly url: string;
  /** One statement on a connection of its own, as from psql. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

export interface TestPostgres {
  readonly server: EmbeddedPostgres;
  readonly dataDir: string;
  /** A fresh database with the console's schema. */
  createDatabase(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/** A real PostgreSQL of the product's own kind in a folder of its own; one per test file, a fresh database per test. @param on folder on whose disk it is */
export async function startTestPostgres(on = tmpdir()): Promise<TestPostgres> {
  const dataDir = mkdtempSync(join(on, 'vfxlp-postgres-'));
  // Tests kill the server, not the machine.
  // Over TCP, so that links to it can be cut, and with a role that may do what only administrators do.
  const password = randomBytes(12).toString('hex');
  const started = await startEmbeddedPostgres({
    dataDir,
    listen: 'tcp',
    serverArgs: ['-c', 'fsync=off'],
    asSuperuser: `CREATE ROLE vfxlp_test LOGIN SUPERUSER PASSWORD '${password}';\n\n`,
  });
  const administrator = new URL(started.url);
  [administrator.username, administrator.password] = ['vfxlp_test', password];
  const server = { ...started, url: administrator.href };
  const template = databaseUrl(server.url, 'vfxlp_template');
  await runSql(server.url, 'CREATE DATABASE vfxlp_template');
  await migrate(template);
  return {
    server,
    dataDir,
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await runSql(server.url, `CREATE DATABASE ${name} TEMPLATE vfxlp_template`);
      const url = databaseUrl(server.url, name);
      return {
        url,
        sql: (text, values) => runSql(url, text, values),
        drop: async () => {
          await runSql(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
        },
      };
    },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** The URL of another database on the same server. */
function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function runSql(url: string, text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed ends it; the statement says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
