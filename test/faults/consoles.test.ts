import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { type FaultRow, faultRows } from './fault-rows.ts';
import { kill, pidOf, type Side, TwoConsoles, until } from './two-consoles.ts';

/** `bench:kill` asks for more. */
const DEATHS = Number(process.env['VFXLP_TEST_DEATHS'] ?? 1);
/** 8 s where nothing else runs, which `bench:kill` asks for: a lease of 5.5 s, and what starting an engine and a Logon take. */
const TAKEN_WITHIN_MS = 12_000;
/** The database's part of it, which depends on no engine. */
const OWNED_WITHIN_MS = 7_000;
/** Longer than a lease of 5.5 s. */
const KEPT_MS = 6_500;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const fault = faultRows('two consoles', () => TwoConsoles.open(postgres));

/** What becomes of an owner, and how it is undone: when it wakes, or its way is free again, the new owner's word stands. */
const DEATHS_OF: Readonly<
  Record<string, { die(owner: Side): unknown; rise(owner: Side, two: TwoConsoles): unknown; force?: true }>
> = {
  frozen: {
    die: (owner) => process.kill(pidOf(owner), 'SIGSTOP'),
    rise: (owner) => process.kill(pidOf(owner), 'SIGCONT'),
  },
  'cut off from the database': { die: ({ link }) => link.cut(), rise: ({ link }) => link.mend() },
  killed: { die: kill, rise: (owner, two) => two.replace(owner), force: true },
};

for (const [how, { die, rise, force }] of Object.entries(DEATHS_OF)) {
  for (let n = 1; n <= DEATHS; n += 1) {
    fault(`the owner ${how}${n === 1 ? '' : ` (${n})`}`, TAKEN_WITHIN_MS, async (row, two) => {
      if (force) two.logsAreWhole = false;
      const { owner } = await two.parts();
      const before = await two.ownerId();
      const sessions = two.lp.sessions.length;
      const began = performance.now();
      await die(owner);
      await until('another owner', async () => (await two.ownerId()) !== before || null);
      const ownedMs = performance.now() - began;
      await until('another Logon', () => two.lp.sessions.length > sessions || null);
      row.shownMs = (two.lp.sessions[sessions]?.atMs ?? 0) - began;
      row.words = `logged on by the other console, which owned it after ${Math.round(ownedMs)} ms`;
      process.stdout.write(`${how}: taken over after ${row.shownMs.toFixed(0)} ms\n`);
      expect(ownedMs, 'owned').toBeLessThan(OWNED_WITHIN_MS);
      expect(row.shownMs, 'logged on').toBeLessThan(TAKEN_WITHIN_MS);
      const after = await two.ownerId();
      await rise(owner, two);
      await two.whole();
      expect(await two.ownerId(), 'the new owner stays it').toBe(after);
      expect(two.lp.sessions.length, 'Logons').toBe(sessions + 1);
    });
  }
}

/** A fault that ends no session, nor hands the LP over. */
async function keeps(row: FaultRow, two: TwoConsoles, put: () => unknown, forMs = KEPT_MS): Promise<void> {
  const [sessions, ownerId] = [two.lp.sessions.length, await two.ownerId()];
  await put();
  await sleep(forMs);
  row.shownMs = 0;
  row.words = `no session ends in ${forMs / 1_000} s`;
  expect([two.lp.sessions.length, two.lp.loggedOn], 'Logons, and whether it is logged on').toEqual([sessions, true]);
  expect(await two.ownerId()).toBe(ownerId);
}

fault('the other console cut off from the database', 0, async (row, two) => {
  const { other } = await two.parts();
  await keeps(row, two, () => other.link.cut());
  await other.link.mend();
});

const terminated = (two: TwoConsoles) =>
  two.db.sql(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
  );

fault('connections of both terminated', 0, (row, two) => keeps(row, two, () => terminated(two)));

fault('the database killed and back within a second', 0, (row, two) =>
  keeps(row, two, async () => {
    const pid = postgres.server.pid();
    await terminated(two);
    process.kill(pid ?? -1, 'SIGKILL');
    await until('the database is back', () => two.ownerId().catch(() => null), 10_000);
  }),
);

fault('the row of the LP locked', 0, (row, two) =>
  keeps(row, two, () => {
    const lock = `DO $$ BEGIN PERFORM FROM "vfx_LPProviderConfig" FOR UPDATE; PERFORM pg_sleep(${KEPT_MS / 1_000}); END $$`;
    // Ended with the pair, if it comes to that.
    void two.db.sql(lock).catch(() => undefined);
  }),
);
