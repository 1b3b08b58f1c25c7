import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hideSecrets } from '../../../main/logs/hide-secrets.ts';
import { CrashReports } from '../../../main/shell/crash-reports.ts';

let dataDir: string;
let seconds: number;
const open = (): CrashReports =>
  new CrashReports({
    dataDir,
    version: '1.2.3',
    pid: 4_711,
    mask: hideSecrets,
    now: () => {
      seconds += 1;
      return new Date(Date.UTC(2026, 0, 2, 3, 4, seconds)).toISOString();
    },
  });
const read = (path: string | undefined): Record<string, unknown> => JSON.parse(readFileSync(path ?? '', 'utf8'));

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vfxlp-crash-'));
  seconds = 0;
});
afterEach(() => rmSync(dataDir, { recursive: true }));

it('finds nothing after a process that ended in order', () => {
  open().clean();
  expect(open().unseen()).toEqual([]);
});

it('finds a process that had no time to say anything, with what it logged last, once', async () => {
  open();
  await mkdir(join(dataDir, 'logs'));
  await writeFile(join(dataDir, 'logs', 'console.log'), `cut\n${'{"msg":"x"}\n'.repeat(10_000)}{"msg":"the last"}\n`);
  const next = open();
  const [path, ...more] = next.unseen();
  expect(more).toEqual([]);
  const report = read(path);
  expect(report).toMatchObject({ kind: 'ended-unexpectedly', run: { pid: 4_711, version: '1.2.3' } });
  expect((report['log'] as string[]).at(-1)).toBe('{"msg":"the last"}');
  expect(statSync(path ?? '').size).toBeLessThan(65_536);
  next.seen(next.unseen());
  expect(next.unseen()).toEqual([]);
  next.clean();
  expect(open().unseen()).toEqual([]);
});

it('keeps a fault with its stack, without what is secret, closed to others', () => {
  const reports = open();
  reports.add(
    'uncaught-exception',
    new Error(
      'postgres://vfxlp:dbPassw0rd@db/x refused; 554=lpPassw0rd| token=Tok3n-0123456789 {"password":"pw-json"} ' +
        'ab'.repeat(32),
    ),
  );
  reports.clean();
  const [path] = open().unseen();
  const text = readFileSync(path ?? '', 'utf8');
  expect(text).toContain('crash-reports.test.ts');
  for (const secret of ['dbPassw0rd', 'lpPassw0rd', 'Tok3n-0123456789', 'pw-json', 'abababab'])
    expect(text).not.toContain(secret);
  expect(statSync(path ?? '').mode & 0o077).toBe(0);
});

it('is bounded: in the size of a report, in those of one process, and in all', () => {
  for (let run = 0; run < 3; run += 1) {
    const reports = open();
    for (let n = 0; n < 12; n += 1) reports.add('unhandled-rejection', 'x'.repeat(1e6));
    reports.clean();
  }
  const names = readdirSync(join(dataDir, 'crash-reports'));
  expect(names.length).toBe(10);
  for (const name of names) expect(statSync(join(dataDir, 'crash-reports', name)).size).toBeLessThan(65_536);
});

it('takes half a file for a process that was cut off', async () => {
  open();
  await writeFile(join(dataDir, 'crash-reports', 'running'), '{"pid":');
  expect(read(open().unseen()[0])).toMatchObject({ kind: 'ended-unexpectedly', run: null });
});
