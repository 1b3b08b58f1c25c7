import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { Desk } from './desk.ts';
import { faults } from './fault.ts';
import { type Network, openNetwork } from './network.ts';
import { WitnessLp } from './witness-lp.ts';

let postgres: TestPostgres;
let network: Network | string = 'not tried yet';
beforeAll(async () => {
  [postgres, network] = await Promise.all([startTestPostgres(), openNetwork()]);
});
afterAll(async () => {
  await postgres.stop();
  if (typeof network !== 'string') network.close();
});

const fault = faults('LP', async () => {
  const far = typeof network === 'string' ? [] : [await WitnessLp.listen('LP3', network.server)];
  const lps = [await WitnessLp.listen('LP1'), await WitnessLp.listen('LP2'), ...far];
  const draft = { session: { logoutAckMs: 500 } };
  const desk = await Desk.open({ databaseUrl: (await postgres.createDatabase()).url, lps: lps.slice(0, 2), draft });
  if (typeof network !== 'string') await desk.join(lps.slice(2), { ...draft, host: network.address });
  for (const lp of lps) lp.stream(20);
  return desk;
});

fault('RST', 3_000, (f, desk) => f.showsLine(() => desk.lp.end('RST'), /was reset/));

fault('FIN', 3_000, (f, desk) => f.showsLine(() => desk.lp.end('FIN'), /closed the connection/));

fault('silence', 9_000, async (f, desk) => {
  await f.showsLine(() => {
    desk.lp.manners.silent = true;
  }, /No answer to our TestRequest/);
  desk.lp.manners.silent = false;
});

fault('refusing the Logon', 4_000, async (f, desk) => {
  await f.showsLine(() => {
    desk.lp.manners.refuse = 'Account disabled';
    desk.lp.end('FIN');
  }, /Logon refused.*Account disabled/);
  desk.lp.manners.refuse = null;
});

fault('mute at Logout', 4_000, async (f, desk) => {
  desk.lp.manners.muteAtLogout = true;
  await f.showsLine(() => void desk.act('deactivate'), /^inactive/);
  desk.lp.manners.muteAtLogout = false;
  await desk.act('activate');
});

fault('rubbish', 4_000, (f, desk) =>
  f.shows(
    () => desk.lp.write(Buffer.concat([randomBytes(64 * 1_024), Buffer.from('\x0110=000\x01')])),
    () => desk.screen.events.findLast((event) => /^LP-1 Garbled/.test(event)),
  ),
);

fault('a flood of 50 000 messages', 12_000, (f, desk) =>
  f.shows(
    () => desk.lp.news(50_000),
    () => {
      const inPerSecond = desk.view().stats?.inPerSecond ?? 0;
      return inPerSecond > 1_000 ? `${Math.round(inPerSecond / 1_000)} thousand messages a second` : null;
    },
  ),
);

fault('a gap that is never filled', 4_000, async (f, desk) => {
  desk.lp.manners.neverFills = true;
  await f.showsLine(() => {
    desk.lp.skip(3);
    desk.lp.news(1);
  }, /recovering|does not fill/);
  desk.lp.manners.neverFills = false;
  // It is asked again after 30 s, and given up after two minutes; a person need not wait for that.
  await desk.act('restart');
});

for (const [name, ways] of [
  ['loss of what we send', ['there']],
  ['loss of what it sends', ['back']],
  ['loss both ways', ['there', 'back']],
] as const) {
  fault(`${name}, in a network of its own`, 10_000, async (f, desk) => {
    if (typeof network === 'string') return f.skip(network);
    const { lose, mend } = network;
    await f.showsLine(() => ways.forEach(lose), /No answer to our TestRequest|Host unreachable|does not read/, 'LP-3');
    expect(desk.screen.line('LP-1')).toBe('logged-on');
    // An LP that cannot be reached learns by itself that the session is over.
    await desk.screen.until(() => desk.lps[2]?.loggedOn === false, 15_000);
    mend();
  });
}
