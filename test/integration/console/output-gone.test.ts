import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LpView } from '../../../main/contracts/lp-view.ts';
import { SimulatorProcess } from '../../simulator/simulator-process.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { startServe } from '../../support/serve-process.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

test('a console whose output nobody reads any more keeps its sessions, whatever it or an engine prints', async () => {
  const [database, lp] = await Promise.all([postgres.createDatabase(), SimulatorProcess.start({ rate: 0 })]);
  await database.sql(
    `INSERT INTO "vfx_LPProviderConfig" ("Provider", "Host", "Port", "SenderCompID", "TargetCompID", "HeartBtInt", "SSL", desired)
     VALUES ('LP-A', '127.0.0.1', $1, 'VFXLP', 'LPSIM', 30, false, 'active')`,
    [lp.port],
  );
  const serve = await startServe(database.url);
  try {
    await lp.until(({ loggedOn }) => loggedOn, 20_000);
    const engine = async (): Promise<number | null> =>
      ((await serve.api('GET', '/lps')) as { lps: readonly LpView[] }).lps[0]?.enginePid ?? null;
    const before = (await engine()) ?? Number.NaN;
    serve.child.stdout?.destroy();
    serve.child.stderr?.destroy();
    // Its inspector says on the standard error that it listens, and the console hands that on.
    process.kill(before, 'SIGUSR1');
    process.kill(before, 'SIGTERM');
    await vi.waitFor(async () => expect(await engine()).not.toBe(before), { timeout: 20_000, interval: 100 });
    expect([serve.child.exitCode, serve.child.signalCode]).toEqual([null, null]);
  } finally {
    await serve.dispose();
    await lp.stop();
    await database.drop();
  }
});
