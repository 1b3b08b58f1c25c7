import { afterAll, beforeAll } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { inside } from './inside.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const fault = faults('engine', async () => {
  const desk = await Desk.open({ databaseUrl: (await postgres.createDatabase()).url, lps: 2 });
  for (const lp of desk.lps) lp.stream(40);
  return desk;
});

fault('killed', 3_000, (f, desk) => f.showsLine(() => process.kill(desk.enginePid(), 'SIGKILL'), /engine process ended/));

fault('stopped', 15_000, (f, desk) => f.showsLine(() => process.kill(desk.enginePid(), 'SIGSTOP'), /stopped answering/));

fault('spinning', 15_000, (f, desk) =>
  f.showsLine(() => inside(desk.serve, desk.enginePid(), 'setTimeout(() => { for (;;); }, 500) && 0'), /stopped answering/),
);

fault('growing', 20_000, (f, desk) =>
  f.showsLine(
    () =>
      inside(
        desk.serve,
        desk.enginePid(),
        'setInterval(() => (globalThis.grown ??= []).push(new Array(500000).fill(0.5)), 20) && 0',
      ),
    /used up the memory/,
  ),
);
