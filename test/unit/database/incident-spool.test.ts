import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IncidentSpool } from '../../../main/database/incident-spool.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-incident-spool-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a folder that cannot be read keeps no console from starting: it is told, and writing to it is refused', async () => {
  const path = join(dir, 'incidents');
  writeFileSync(path, 'a file stands where the folder is to be');
  const spool = new IncidentSpool(path);
  const told: string[] = [];
  expect(spool.read((what, error) => told.push(`${what} ${String(error)}`))).toEqual([]);
  expect(told).toEqual([expect.stringContaining(`${path} Error: E`)]);
  const incident = { id: 'one', scope: 'lp', by: 'trader', reason: '', startedAtMs: 1, lps: [] } as const;
  await expect(spool.write({ console: 'desk/1', incident, evidence: [] })).rejects.toThrow(/^E/);
});
