import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditSpool } from '../../../main/database/audit-spool.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-spool-'));
  file = join(dir, 'audit-spool.jsonl');
});
afterEach(() => rmSync(dir, { recursive: true }));

const entry = (operation: string) => ({
  id: randomUUID(),
  entry: {
    atMs: 1,
    actor: 'trader',
    source: 'desktop' as const,
    from: 'desk-1',
    operation,
    provider: null,
    reason: 'a\nb',
    result: 'ok',
    detail: null,
  },
});

test('entries are read back in order by the next console, until they are cleared', () => {
  const entries = [entry('kill'), entry('rearm')];
  const spool = new AuditSpool(file);
  for (const each of entries) spool.append(each);
  expect(new AuditSpool(file).read()).toEqual(entries);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  spool.clear();
  expect(spool.read()).toEqual([]);
});

test('a line that a crash cut short is put aside, and costs neither the lines before nor those after it', () => {
  const spool = new AuditSpool(file);
  const [before, after] = [entry('kill'), entry('rearm')];
  spool.append(before);
  appendFileSync(file, '{"id":"half');
  spool.append(after);
  expect(spool.read()).toEqual([before, after]);
  expect(readFileSync(`${file}.rejected`, 'utf8')).toContain('{"id":"half');
});

test('no file is no entries', () => {
  expect(new AuditSpool(file).read()).toEqual([]);
  expect(() => new AuditSpool(file).clear()).not.toThrow();
});
