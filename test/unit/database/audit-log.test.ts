import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditLog } from '../../../main/database/audit-log.ts';
import { type Database, DatabaseAway, type Row } from '../../../main/database/database.ts';

let dir: string;
let spool: string;
let away: boolean;
let inserted: unknown[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-audit-'));
  spool = join(dir, 'audit-spool.jsonl');
  away = false;
  inserted = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

const database: Database = {
  query: async (_text, values = []): Promise<readonly Row[]> => {
    if (away) throw new DatabaseAway('no connection');
    inserted.push(values[5]);
    return [];
  },
  transaction: () => Promise.reject(new Error('not used')),
  health: () => ({ state: 'ok', text: '', sinceMs: 0 }),
  onHealth: () => () => undefined,
  close: () => Promise.resolve(),
};
const entry = {
  atMs: 1,
  actor: 'trader',
  source: 'desktop',
  from: 'desk-1',
  operation: 'kill',
  provider: 'LP-A',
  reason: 'x',
  result: 'ok',
  detail: null,
} as const;

test('a disk that refuses the spool does not cost the row', async () => {
  const log = new AuditLog(database, spool);
  // A folder stands where the spool is to be: the disk refuses every append.
  mkdirSync(spool);
  away = true;
  await expect(log.write(entry)).rejects.toThrow(/no connection; and it is in memory only: EISDIR/);
  away = false;
  rmSync(spool, { recursive: true });
  await log.write(entry);
  expect(inserted).toEqual(['kill']);
  expect(log.waiting).toBe(0);
});

test('nor while the database is there', async () => {
  const log = new AuditLog(database, join(dir, 'no-such-folder', 'audit-spool.jsonl'));
  await log.write(entry);
  expect(inserted).toEqual(['kill']);
});
