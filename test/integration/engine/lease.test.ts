import { afterEach, beforeEach, expect, it } from 'vitest';
import { monotonicMs } from '../../../main/base/monotonic.ts';
import { Counterparty } from './counterparty.ts';
import { EngineHome, EngineProcess } from './engine-process.ts';

let peer: Counterparty;
let home: EngineHome;
let engine: EngineProcess;
beforeEach(async () => {
  peer = await Counterparty.listen();
  home = new EngineHome();
  engine = new EngineProcess();
});
afterEach(async () => {
  await engine.kill();
  await peer.end();
  home.remove();
});

it('closes its socket before the lease ends, though the LP does not answer its Logout and has 30 s for it', async () => {
  engine.send({ type: 'start', settings: home.settings({ logoutAckMs: 30_000 }) });
  await engine.report('ready');
  engine.connect(peer.port);
  await peer.logOn();
  await engine.report('logged-on');
  const untilMs = monotonicMs() + 6_000;
  engine.send({ type: 'owned-until', untilMs });
  expect((await peer.hear('5')).field(58)).toBe('Ownership cannot be proven');
  expect(untilMs - monotonicMs()).toBeGreaterThan(500);
  expect(await engine.report('disconnected')).toMatchObject({ reason: { code: 'database-lost' }, logoutAnswered: false });
  expect(untilMs - monotonicMs()).toBeGreaterThan(0);
  // And begins none that it would have to end at once.
  engine.connect(peer.port);
  expect(await engine.report('disconnected')).toMatchObject({ reason: { code: 'database-lost' } });
  expect(peer.connections).toBe(1);
});
