import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { type HangingDisk, mountHangingDisk } from './small-disk.ts';

let postgres: TestPostgres;
let disk: HangingDisk | string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  disk = mountHangingDisk(64);
});
afterEach(() => {
  if (typeof disk !== 'string') disk.thaw();
});
afterAll(async () => {
  await postgres.stop();
  if (typeof disk !== 'string') disk.remove();
});

const fault = faults('disk', async () => {
  const desk = await Desk.open({
    databaseUrl: (await postgres.createDatabase()).url,
    lps: 2,
    ...(typeof disk === 'string' ? {} : { fixLogDir: join(disk.path, 'fix') }),
  });
  for (const lp of desk.lps) lp.stream(20);
  desk.logsAreWhole = false;
  return desk;
});

fault('the logs: hanging', 12_000, async (f, desk) => {
  if (typeof disk === 'string') return f.skip(disk);
  const { freeze, thaw } = disk;
  const sessions = desk.lps.map((lp) => lp.sessions.length);
  await f.shows(freeze, () => desk.screen.events.findLast((event) => /log .*does not answer/i.test(event)));
  expect(
    desk.lps.map((lp) => lp.sessions.length),
    'a log never decides about a session',
  ).toEqual(sessions);
  thaw();
});

fault('the logs: hanging, and a new engine', 12_000, async (f, desk) => {
  if (typeof disk === 'string') return f.skip(disk);
  const { freeze, thaw } = disk;
  freeze();
  const sessions = desk.lp.sessions.length;
  await f.shows(
    () => process.kill(desk.enginePid(), 'SIGKILL'),
    () => desk.lp.sessions.length > sessions && desk.lp.loggedOn && 'logged on again all the same',
  );
  thaw();
});

fault('the logs: hanging, and a kill', 2_000, async (f, desk) => {
  if (typeof disk === 'string') return f.skip(disk);
  const { freeze, thaw } = disk;
  freeze();
  const session = desk.lp.sessions.at(-1);
  const began = performance.now();
  await f.shows(
    () => desk.act('kill'),
    () => session !== undefined && session.logoutAtMs !== null && `Logout after ${Math.round(session.logoutAtMs - began)} ms`,
  );
  thaw();
  await desk.rearmed();
});

fault('the logs: read-only', 12_000, async (f, desk) => {
  if (typeof disk === 'string') return f.skip(disk);
  const sessions = desk.lps.map((lp) => lp.sessions.length);
  await f.shows(disk.failReadOnly, () => desk.screen.events.findLast((event) => /log .*(EROFS|read.only)/i.test(event)));
  expect(
    desk.lps.map((lp) => lp.sessions.length),
    'a log never decides about a session',
  ).toEqual(sessions);
  disk.detach();
});
