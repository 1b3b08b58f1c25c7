import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../../main/base/clock.ts';
import { monotonicMs } from '../../../main/base/monotonic.ts';
import { identityOf } from '../../../main/database/console-identity.ts';
import { type OwnershipConnection, openOwnership } from '../../../main/database/ownership.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let db: TestDatabase;
const opened: OwnershipConnection[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  db = await postgres.createDatabase();
  await db.sql(`INSERT INTO "vfx_LPProviderConfig" ("Provider") VALUES ('LP-A')`);
});
afterAll(async () => {
  await db.drop();
  await postgres.stop();
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const ownership of opened.splice(0)) await ownership.close();
});

const WAIT = { timeout: 10_000, interval: 20 };

test.each([60_000, -60_000])(
  'a clock that is set by %d ms moves no lease: it is renewed, and its end is told as before',
  async (step) => {
    const [a] = ['desk-a/1', 'desk-b/1'].map((name) => {
      const ownership = openOwnership(db.url, systemClock, identityOf(`folder of ${name}`, name));
      opened.push(ownership);
      return ownership;
    });
    if (a === undefined) throw new Error('a console');
    await vi.waitFor(async () => expect(await a.acquire('LP-A')).toEqual(expect.any(Number)), WAIT);
    // Both know of each other: the lease is the limit.
    await vi.waitFor(() => expect(a.ownedUntilMs()).not.toBeNull(), WAIT);
    const before = a.ownedUntilMs() ?? 0;
    const real = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => real() + step);
    await vi.waitFor(() => expect(a.ownedUntilMs()).toBeGreaterThan(before), WAIT);
    expect((a.ownedUntilMs() ?? 0) - monotonicMs()).toBeGreaterThan(3_000);
    expect((a.ownedUntilMs() ?? 0) - monotonicMs()).toBeLessThanOrEqual(5_500);
    const loss = new Promise((heard) => a.onLost(heard));
    await db.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'vfxlp-console owner %'`);
    expect(await loss).toEqual({ rivals: true, leaseLeftMs: expect.closeTo(5_000, -4) });
  },
);
