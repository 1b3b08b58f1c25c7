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

it('ends, and leaves its store, before the lease does, though the LP does not answer its Logout and has 30 s for it', async () => {
  const settings = home.settings({ logoutAckMs: 30_000 });
  engine.send({ type: 'start', settings });
  await engine.report('ready');
  engine.connect(peer.port);
  await peer.logOn();
  await engine.report('logged-on');
  const untilMs = monotonicMs() + 6_000;
  engine.send({ type: 'owned-until', untilMs });
  expect((await peer.hear('5')).field(58)).toBe('Ownership cannot be proven');
  expect(untilMs - monotonicMs()).toBeGreaterThan(500);
  // And begins none that it would have to end at once.
  engine.connect(peer.port);
  expect(await engine.report('disconnected')).toMatchObject({ reason: { code: 'database-lost' }, logoutAnswered: false });
  expect(await engine.exited).toEqual({ code: 0, signal: null });
  expect(untilMs - monotonicMs()).toBeGreaterThan(0);
  expect(peer.connections).toBe(1);
  // Whoever takes the LP over may have the same store.
  const next = new EngineProcess();
  try {
    next.send({ type: 'start', settings });
    expect(await next.report('ready')).toMatchObject({ nextOut: 3 });
  } finally {
    await next.kill();
  }
});

it('ends without a connection, too', async () => {
  engine.send({ type: 'start', settings: home.settings() });
  await engine.report('ready');
  engine.send({ type: 'owned-until', untilMs: monotonicMs() + 1_600 });
  expect(await engine.report('disconnected')).toMatchObject({ reason: { code: 'database-lost' } });
  expect(await engine.exited).toEqual({ code: 0, signal: null });
});
