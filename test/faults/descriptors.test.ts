import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { isRunning } from '../support/processes.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { descriptorsOf } from './footprint.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const fault = faults('descriptors', async () => {
  const desk = await Desk.open({ databaseUrl: (await postgres.createDatabase()).url, lps: 2 });
  for (const lp of desk.lps) lp.stream(20);
  desk.logsAreWhole = false;
  return desk;
});

/** Of a process that has ended there is nothing to be set. */
function setLimit(pid: number, limit: string): void {
  if (isRunning(pid)) execFileSync('prlimit', ['--pid', String(pid), `--nofile=${limit}`], { stdio: 'pipe' });
}

/** The limit of a running process, which is what is open and no more; and the one that it had. */
function exhaust(pid: number): () => void {
  const had = /(\d+)\s+(\d+)\s*$/.exec(
    execFileSync('prlimit', ['--pid', String(pid), '--nofile', '--noheadings'], { encoding: 'utf8' }).replace(/files/g, ''),
  );
  setLimit(pid, `${descriptorsOf(pid)}:`);
  return () => setLimit(pid, `${had?.[1] ?? 1024}:`);
}

fault('of main: none left, and an engine ends', 4_000, async (f, desk) => {
  const restore = exhaust(desk.pid);
  await f.showsLine(() => process.kill(desk.enginePid(), 'SIGKILL'), /engine process ended/);
  expect(desk.lps[1]?.loggedOn, 'the other LP is not touched').toBe(true);
  restore();
});

fault('of main: none left, and a kill', 4_000, async (f, desk) => {
  const restore = exhaust(desk.pid);
  const session = desk.lp.sessions.at(-1);
  const began = performance.now();
  await f.shows(
    // By a connection that is there already: there is no descriptor for another.
    () => desk.screen.ask('lp.kill', { provider: 'LP-1', reason: 'a fault is put to it' }),
    () => session !== undefined && session.logoutAtMs !== null && `Logout after ${Math.round(session.logoutAtMs - began)} ms`,
  );
  restore();
  await desk.rearmed();
});

fault('of an engine: none left, and its LP drops', 4_000, async (f, desk) => {
  const restore = exhaust(desk.enginePid());
  await f.showsLine(() => desk.lp.end('FIN'), /^(?!logged-on)/);
  restore();
});
