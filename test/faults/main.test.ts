import { once } from 'node:events';
import { afterAll, beforeAll, expect } from 'vitest';
import { vfxlp } from '../integration/cli/console-under-cli.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { isRunning } from '../support/processes.ts';
import { Desk } from './desk.ts';
import { type Fault, faults } from './fault.ts';
import { processesBelow } from './footprint.ts';
import { inside } from './inside.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const fault = faults('main', async () => {
  const desk = await Desk.open({ databaseUrl: (await postgres.createDatabase()).url, lps: 2 });
  for (const lp of desk.lps) lp.stream(20);
  return desk;
});

/** A screen knows by what does not come: a console that is well says something each second. */
const cutOff = (f: Fault, desk: Desk, put: () => unknown): Promise<void> =>
  f.shows(put, () => {
    if (!desk.screen.connected) return 'the screen is cut off';
    return desk.screen.silentMs > 2_500 ? 'the screen has heard nothing for 2.5 s' : null;
  });

fault('killed', 3_000, async (f, desk) => {
  const below = processesBelow(desk.pid);
  const gone = once(desk.serve.child, 'exit');
  await cutOff(f, desk, () => desk.serve.child.kill('SIGKILL'));
  await gone;
  // Nothing of it outlives it, and no session stands that nobody could kill.
  await expect.poll(() => below.filter(({ pid }) => isRunning(pid)), { timeout: 10_000 }).toEqual([]);
  await expect.poll(() => desk.lps.some(({ loggedOn }) => loggedOn), { timeout: 10_000 }).toBe(false);
  // As far as the log goes: its engines have ended by themselves.
  await desk.restart();
});

fault('killed, with an engine that is stopped', 3_000, async (f, desk) => {
  const pid = desk.enginePid();
  const gone = once(desk.serve.child, 'exit');
  process.kill(pid, 'SIGSTOP');
  await cutOff(f, desk, () => desk.serve.child.kill('SIGKILL'));
  await gone;
  // It cannot end with its console; the next one ends it, and has its message store.
  await desk.restart();
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
});

fault('stopped', 6_000, async (f, desk) => {
  await cutOff(f, desk, () => desk.serve.child.kill('SIGSTOP'));
  const said = await vfxlp(desk.serve.dataDir, 'status');
  expect(said.status).not.toBe(0);
  f.row.words += `; vfxlp: ${said.stderr.trim()}`;
  // A session that nobody could kill must not stand.
  await expect.poll(() => desk.lps.some(({ loggedOn }) => loggedOn), { timeout: 15_000 }).toBe(false);
  desk.serve.child.kill('SIGCONT');
  await desk.look();
});

fault('its event loop blocked for 5 s', 5_000, async (f, desk) => {
  const sessions = desk.lps.map((lp) => lp.sessions.length);
  await cutOff(f, desk, () =>
    inside(desk.serve, desk.pid, '(setTimeout(() => { const until = Date.now() + 5000; while (Date.now() < until); }, 500), 0)'),
  );
  await desk.look();
  expect(
    desk.lps.map((lp) => lp.sessions.length),
    'sessions do not depend on it',
  ).toEqual(sessions);
});
