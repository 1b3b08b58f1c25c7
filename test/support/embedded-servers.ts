import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../main/embedded-postgres/embedded-postgres.ts';

const isRoot = process.getuid?.() === 0;

/** Embedded servers of one test, in a folder that ends with it. */
export interface EmbeddedServers {
  /** A folder of this test; root's may be entered by the user that PostgreSQL runs as. */
  root: string;
  /** In it; not made yet. */
  dataDir: string;
  /** What the servers had to say. */
  notes: string[];
  start(dir?: string): Promise<EmbeddedPostgres>;
  stop(server: EmbeddedPostgres): Promise<void>;
}

/** For each test of the file. */
export function embeddedServers(): EmbeddedServers {
  const running: EmbeddedPostgres[] = [];
  const servers: EmbeddedServers = {
    root: '',
    dataDir: '',
    notes: [],
    start: async (dir = servers.dataDir) => {
      const server = await startEmbeddedPostgres({ dataDir: dir, onNote: (text) => servers.notes.push(text) });
      running.push(server);
      return server;
    },
    stop: async (server) => {
      running.splice(running.indexOf(server), 1);
      await server.stop();
    },
  };
  beforeEach(() => {
    servers.root = mkdtempSync(join(tmpdir(), 'vfxlp-embedded-'));
    if (isRoot) chmodSync(servers.root, 0o755);
    servers.dataDir = join(servers.root, 'data');
    servers.notes = [];
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    rmSync(servers.root, { recursive: true });
  });
  return servers;
}

/** As from psql. */
export async function sql(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
