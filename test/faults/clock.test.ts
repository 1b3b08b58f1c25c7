import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { findTool } from '../support/system-tools.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';

const LIBRARY = findTool('libfaketime');

let postgres: TestPostgres;
let dir: string;
const file = (): string => join(dir, 'clock');
/** The console's and its engines' clock, seconds from the right one; what is measured by a monotonic clock goes on. */
const set = (seconds: number): void => writeFileSync(file(), `${seconds < 0 ? '' : '+'}${seconds}s\n`);

beforeAll(async () => {
  postgres = await startTestPostgres();
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-clock-'));
  set(0);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(dir, { recursive: true });
});

const fault = faults('clock', async () => {
  const env = {
    LD_PRELOAD: LIBRARY ?? '',
    FAKETIME_TIMESTAMP_FILE: file(),
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const desk = await Desk.open({
    databaseUrl: (await postgres.createDatabase()).url,
    lps: 2,
    ...(LIBRARY === null ? {} : { env: { ...env, DONT_FAKE_MONOTONIC: '1' } }),
  });
  for (const lp of desk.lps) lp.stream(20);
  return desk;
});
const missing = 'libfaketime is not installed (Debian: apt-get install libfaketime)';

for (const seconds of [60, -60]) {
  fault(`${seconds > 0 ? '60 s fast' : '60 s slow'}`, 0, async (f) => {
    if (LIBRARY === null) return f.skip(missing);
    await f.keeps(() => set(seconds), 6_000);
    await f.keeps(() => set(0), 3_000);
  });
}

fault('an hour fast', 5_000, async (f, desk) => {
  if (LIBRARY === null) return f.skip(missing);
  await f.showsLine(() => set(3_600), /SendingTime is off/);
  set(0);
  await desk.look();
});
