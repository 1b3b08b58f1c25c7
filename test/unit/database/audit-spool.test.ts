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

test('entries are read back in order by the next console, until they are cleared', async () => {
  const entries = [entry('kill'), entry('rearm')];
  const spool = new AuditSpool(file);
  for (const each of entries) await spool.append(each);
  expect(new AuditSpool(file).read()).toEqual(entries);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await spool.clear();
  expect(spool.read()).toEqual([]);
});

test('a line that a crash cut short is put aside, and costs neither the lines before nor those after it', async () => {
  const spool = new AuditSpool(file);
  const [before, after] = [entry('kill'), entry('rearm')];
  await spool.append(before);
  appendFileSync(file, '{"id":"half');
  await spool.append(after);
  expect(spool.read()).toEqual([before, after]);
  await spool.written();
  expect(readFileSync(`${file}.rejected`, 'utf8')).toContain('{"id":"half');
});

test('no file is no entries', async () => {
  expect(new AuditSpool(file).read()).toEqual([]);
  await new AuditSpool(file).clear();
});
