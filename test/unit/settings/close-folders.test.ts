import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeLogFolders } from '../../../main/logs/server/close-log-folders.ts';
import { closeFolders } from '../../../main/settings/close-folders.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vfxlp-close-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A file that everybody may read, in folders that everybody may list. */
function open(path: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'x');
  chmodSync(file, 0o644);
  for (let folder = dirname(file); folder !== root; folder = dirname(folder)) chmodSync(folder, 0o755);
}
const mode = (path: string) => (statSync(join(root, path)).mode & 0o777).toString(8);
const close = () => closeFolders(join(root, 'data'), join(root, 'fix')) + closeLogFolders(join(root, 'fix'));

test('what lies in the data folder and in the log folders of providers is its own user’s, counted once', () => {
  for (const path of ['data/tokens.json', 'data/store/a/messages.dat', 'fix/LP-A/fix.log', 'fix/LP-A/events.2026-01-31.1.log.gz'])
    open(path);
  expect(close()).toBe(8);
  for (const folder of ['data/store', 'data/store/a', 'fix', 'fix/LP-A']) expect(mode(folder)).toBe('700');
  for (const file of ['data/tokens.json', 'data/store/a/messages.dat', 'fix/LP-A/fix.log', 'fix/LP-A/events.2026-01-31.1.log.gz'])
    expect(mode(file)).toBe('600');
  expect(close()).toBe(0);
});

test('a log folder that others use, what is in it of others, what a link leads to, and PostgreSQL’s own stay as they are', () => {
  for (const path of [
    'data/postgres/base',
    'data/desktop/Cache',
    'fix/LP-A/fix.log',
    'fix/syslog',
    'fix/nginx/access.log',
    'elsewhere/file',
  ])
    open(path);
  symlinkSync(join(root, 'elsewhere'), join(root, 'data', 'link'));
  symlinkSync(join(root, 'elsewhere', 'file'), join(root, 'data', 'file-link'));
  expect(close()).toBe(2);
  for (const folder of ['fix', 'fix/nginx', 'elsewhere', 'data/postgres', 'data/desktop']) expect(mode(folder)).toBe('755');
  for (const file of ['fix/syslog', 'fix/nginx/access.log', 'elsewhere/file', 'data/postgres/base'])
    expect(mode(file)).toBe('644');
});

test('logs below the data folder are closed, too', () => {
  open('data/fix/LP-A/fix.log');
  closeFolders(join(root, 'data'), join(root, 'data', 'fix'));
  closeLogFolders(join(root, 'data', 'fix'));
  expect([mode('data/fix'), mode('data/fix/LP-A'), mode('data/fix/LP-A/fix.log')]).toEqual(['700', '700', '600']);
});
