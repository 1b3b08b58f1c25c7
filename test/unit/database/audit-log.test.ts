import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
  where: 'here',
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

test('a disk that hangs holds up neither the console nor the row, and is named when the database is away too', async () => {
  // Nobody reads from it: whoever opens it to write waits, as on a disk that does not answer.
  execFileSync('mkfifo', [spool]);
  const log = new AuditLog(database, spool);
  await log.write(entry);
  expect(inserted).toEqual(['kill']);
  away = true;
  await expect(log.write({ ...entry })).rejects.toThrow(/no connection; and it is in memory only: the disk does not answer/);
  closeSync(openSync(spool, constants.O_RDWR | constants.O_NONBLOCK));
});

test('what is not held any more is written from the spool, once, in the order of the deeds', async () => {
  const log = new AuditLog(database, spool);
  away = true;
  const entries = ['one', 'two', 'three'].map((operation) => ({ ...entry, operation }));
  for (const each of entries) await expect(log.write(each)).rejects.toThrow(/no connection/);
  log.release(entries[1] ?? entry);
  expect(log.waiting).toBe(3);
  away = false;
  for (const each of [entries[0] ?? entry, entries[2] ?? entry]) await log.write(each);
  expect(inserted.slice(0, 3)).toEqual(['one', 'two', 'three']);
  expect(log.waiting).toBe(0);
  await vi.waitFor(() => expect(new AuditLog(database, spool).waiting).toBe(0));
});
