import { afterAll, beforeAll, expect } from 'vitest';
import { LP_STATUS_SUBJECT } from '../../main/contracts/events.ts';
import { type BreakableLink, openLink } from '../integration/console/breakable-link.ts';
import { startTestNats, type TestNats, type TestSubscription } from '../support/nats.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { Desk } from './desk.ts';
import { type Fault, faults } from './fault.ts';

let postgres: TestPostgres;
let db: TestDatabase;
let nats: TestNats;
/** The console's way to it; who listens has another. */
let link: BreakableLink;
let heard: TestSubscription;

const users = (desk: string): string =>
  `authorization { users: [ { user: desk, password: secret${desk} }, { user: ear, password: ear } ] }`;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([
    startTestPostgres(),
    startTestNats({ lines: users(''), listener: { user: 'ear', pass: 'ear' } }),
  ]);
  link = await openLink(nats.url);
  heard = await nats.subscribe(LP_STATUS_SUBJECT);
});
afterAll(async () => {
  await heard.close();
  link.close();
  await Promise.all([postgres.stop(), nats.stop()]);
});

const fault = faults('NATS', async () => {
  db = await postgres.createDatabase();
  return Desk.open({ databaseUrl: db.url, lps: 2, env: { VFXLP_NATS_URL: link.url.replace('//', '//desk:secret@') } });
});

/** While NATS is away an LP drops and comes back: what is to be told waits, and is told in the end, each status in its order. */
async function eventsSurvive(f: Fault, desk: Desk, away: () => unknown, back: () => unknown, words: RegExp): Promise<void> {
  const before = heard.received.length;
  await f.showsHealth(
    async () => {
      await away();
      desk.lp.end('FIN');
    },
    'nats',
    words,
  );
  await desk.whole();
  await back();
  const statuses = () =>
    // What was not acknowledged is sent again, under the same id.
    [...new Map(heard.received.slice(before).map((event) => [event.messageId, event])).values()]
      .map(({ payload }) => payload as { provider: string; newStatus: number })
      .filter(({ provider }) => provider === 'LP-1')
      .map(({ newStatus }) => newStatus);
  await expect.poll(statuses, { timeout: 40_000 }).toEqual([2, 1]);
}

fault('down', 5_000, (f, desk) =>
  eventsSurvive(
    f,
    desk,
    () => link.refuse(),
    () => link.mend(),
    /NATS/,
  ),
);

fault('frozen', 20_000, (f, desk) =>
  eventsSurvive(
    f,
    desk,
    () => nats.freeze(),
    () => nats.thaw(),
    /NATS/,
  ),
);

fault('killed and started again', 5_000, async (f, desk) => {
  await f.showsHealth(() => nats.kill(), 'nats', /NATS/);
  await nats.start();
  await desk.screen.until(() => desk.screen.health?.nats.state === 'ok', 15_000);
});

fault('forbidding', 10_000, (f, desk) =>
  eventsSurvive(
    f,
    desk,
    () => nats.configure(users(', permissions: { publish: { deny: "vfxlp.>" } }')),
    () => nats.configure(users('')),
    /may not publish/,
  ),
);
