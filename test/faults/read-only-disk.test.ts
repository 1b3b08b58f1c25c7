import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { killed } from './killed.ts';
import { type HangingDisk, mountHangingDisk } from './small-disk.ts';

let postgres: TestPostgres;
let disk: HangingDisk | string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  disk = mountHangingDisk(64);
});
afterAll(async () => {
  await postgres.stop();
  if (typeof disk !== 'string') disk.remove();
});

const fault = faults('disk', async () => {
  const databaseUrl = (await postgres.createDatabase()).url;
  return Desk.open({ databaseUrl, lps: 2, ...(typeof disk === 'string' ? {} : { dataDir: disk.path }) });
});

fault('the data: read-only, and a kill', 5_000, async (f, desk) => {
  if (typeof disk === 'string') return f.skip(disk);
  const session = desk.lp.sessions.at(-1);
  // What the system has not written to a disk that fails is gone, and numbers with it: that is another fault.
  execFileSync('sync', ['-f', disk.path]);
  disk.failReadOnly();
  const { lps } = await killed(f, desk);
  expect(lps[0]?.outcome, 'a latch that is not on the disk is not confirmed').toBe('not-confirmed');
  expect(lps[0]?.steps.find(({ name }) => name === 'latch')?.text).toMatch(/EROFS|read-only/);
  expect(session?.endedMs, 'the session is ended all the same').not.toBeNull();
  await desk.screen.until(
    () => /store cannot be written/.test(desk.screen.line('LP-2')) && 'the other LP says why it is down',
    40_000,
  );
  disk.repair();
  await desk.rearmed();
});
