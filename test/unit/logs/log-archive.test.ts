import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { archive, type Retention } from '../../../main/logs/log-archive.ts';
import { shareOf } from '../../../main/logs/log-quota.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const KB = 1_024;
const ALL: Retention = { keep: 100, keepBytes: 0, keepDays: 0 };

let dir = '';
let told: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-archive-'));
  told = [];
  for (const [name, kilobytes] of [
    ['fix.2026-01-01.1.log.gz', 10],
    ['fix.2026-01-29.1.log.gz', 10],
    ['fix.2026-01-30.1.log.gz', 10],
    ['fix.2026-01-30.2.log.gz', 10],
    ['fix.log', 10],
    ['events.2026-01-01.1.log.gz', 50],
    ['fix.2026-01-01.notes', 50],
  ] as const) {
    writeFileSync(join(dir, name), '');
    truncateSync(join(dir, name), kilobytes * KB);
  }
});
afterEach(() => rmSync(dir, { recursive: true }));

async function left(retention: Partial<Retention>): Promise<string[]> {
  await archive(dir, 'fix', { ...ALL, ...retention }, (text) => told.push(text), NOW);
  // What is not of this log is nobody's to delete here.
  const others = readdirSync(dir).filter((name) => !name.startsWith('fix.2026-01-') || name.endsWith('notes'));
  expect(others.sort()).toEqual(['events.2026-01-01.1.log.gz', 'fix.2026-01-01.notes', 'fix.log']);
  return readdirSync(dir)
    .filter((name) => /^fix\.2026.*gz$/.test(name))
    .map((name) => name.slice(4, -7))
    .sort();
}

it('keeps all without a limit, and says nothing', async () => {
  expect(await left({})).toHaveLength(4);
  expect(told).toEqual([]);
});

it('deletes by days, and says so', async () => {
  expect(await left({ keepDays: 2 })).toEqual(['2026-01-29.1', '2026-01-30.1', '2026-01-30.2']);
  expect(told).toEqual(['fix.log of 2026-01-01 was deleted (1 file, 0.0 MB): it is kept for 2 days']);
  expect(await left({ keepDays: 1 })).toEqual(['2026-01-30.1', '2026-01-30.2']);
  expect(told[1]).toMatch(/^fix\.log of 2026-01-29 .* kept for 1 day$/);
});

it('deletes by size, the oldest first, the file that is written counted and kept, and says what and why', async () => {
  expect(await left({ keepBytes: 35 * KB })).toEqual(['2026-01-30.1', '2026-01-30.2']);
  expect(told).toEqual(['fix.log of 2026-01-01 to 2026-01-29 was deleted (2 files, 0.0 MB): its files may have 0.0 MB in all']);
  expect(await left({ keepBytes: 1 })).toEqual([]);
  expect(told).toHaveLength(2);
  await left({ keepBytes: 1 });
  expect(told).toHaveLength(2);
});

it('takes away by number and by days before it looks at the size', async () => {
  expect(await left({ keep: 3, keepDays: 1, keepBytes: 30 * KB })).toEqual(['2026-01-30.1', '2026-01-30.2']);
  expect(told).toEqual([expect.stringContaining('3 files of it are kept'), expect.stringContaining('kept for 1 day')]);
});

it('shares the quota of an LP among its logs', () => {
  const quota = { bytes: 1_000, days: 7 };
  const shares = (['fix', 'events', 'tunnel'] as const).map((log) => shareOf(quota, log));
  expect(shares.reduce((sum, { keepBytes }) => sum + keepBytes, 0)).toBeLessThanOrEqual(1_000);
  expect(shares.map(({ keepDays }) => keepDays)).toEqual([7, 7, 7]);
});
