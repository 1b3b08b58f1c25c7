import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { processesBelow } from './footprint.ts';
import { killed } from './killed.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

let postgres: TestPostgres;
let logs: SmallDisk | string;
let data: SmallDisk | string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  logs = mountSmallDisk(64);
  data = mountSmallDisk(64);
});
afterAll(async () => {
  await postgres.stop();
  for (const disk of [logs, data]) if (typeof disk !== 'string') disk.remove();
});

// Whatever a fault has filled and not emptied again.
afterEach(() => {
  for (const disk of [logs, data]) if (typeof disk !== 'string') disk.empty();
});

const fault = faults('disk', async () => {
  const desk = await Desk.open({
    databaseUrl: (await postgres.createDatabase()).url,
    lps: 2,
    ...(typeof logs === 'string' || typeof data === 'string' ? {} : { fixLogDir: logs.path, dataDir: data.path }),
  });
  for (const lp of desk.lps) lp.stream(20);
  // Lines that a disk did not take are said to be lost, and do not hold up a session.
  desk.logsAreWhole = false;
  return desk;
});

const said = (desk: Desk, pattern: RegExp) => desk.screen.events.findLast((event) => pattern.test(event));
const sessionsOf = (desk: Desk): number[] => desk.lps.map((lp) => lp.sessions.length);

fault('the logs: full', 12_000, async (f, desk) => {
  if (typeof logs === 'string') return f.skip(logs);
  const { fill, empty } = logs;
  const before = sessionsOf(desk);
  await f.shows(fill, () => said(desk, /log .*(ENOSPC|no space|full)/i));
  empty();
  expect(sessionsOf(desk), 'a log never decides about a session').toEqual(before);
});

fault('the logs: full, and a new engine', 12_000, async (f, desk) => {
  if (typeof logs === 'string') return f.skip(logs);
  const { fill, empty } = logs;
  await fill();
  const sessions = desk.lp.sessions.length;
  await f.shows(
    () => process.kill(desk.enginePid(), 'SIGKILL'),
    () => desk.lp.sessions.length > sessions && desk.lp.loggedOn && 'logged on again all the same',
  );
  empty();
});

fault('the data: full', 8_000, async (f, desk) => {
  if (typeof data === 'string') return f.skip(data);
  const { fill, empty } = data;
  // So much to answer that the store needs more room than it has.
  const put = async (): Promise<void> => {
    await fill();
    desk.lp.testRequests(200);
  };
  await f.showsLine(put, /message store cannot be written/);
  empty();
});

fault('the data: full, and a kill', 5_000, async (f, desk) => {
  if (typeof data === 'string') return f.skip(data);
  const { fill, empty } = data;
  await fill();
  const incident = await killed(f, desk);
  expect(incident.lps[0]?.outcome, 'space is held for a latch').toBe('confirmed');
  empty();
  await desk.rearmed();
});

fault('the data: the writer of latches stopped, and a kill', 2_000, async (f, desk) => {
  const writer = processesBelow(desk.pid).find(({ command }) => command.includes('latch-writer'));
  if (writer === undefined) throw new Error('no latch writer');
  process.kill(writer.pid, 'SIGSTOP');
  const began = performance.now();
  const sessions = desk.lp.sessions.at(-1);
  await f.shows(
    () => desk.act('kill'),
    () => sessions !== undefined && sessions.logoutAtMs !== null && `Logout after ${Math.round(sessions.logoutAtMs - began)} ms`,
  );
  process.kill(writer.pid, 'SIGCONT');
  await desk.rearmed();
});
