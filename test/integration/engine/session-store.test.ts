import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EngineSettings } from '../../../main/contracts/engine-protocol.ts';
import { Counterparty } from './counterparty.ts';
import { EngineHome, EngineProcess } from './engine-process.ts';

let peer: Counterparty;
let home: EngineHome;
let engines: EngineProcess[];
beforeEach(async () => {
  peer = await Counterparty.listen();
  home = new EngineHome();
  engines = [];
});
afterEach(async () => {
  for (const engine of engines) await engine.kill();
  await peer.end();
  home.remove();
});

function start(settings: EngineSettings): EngineProcess {
  const engine = new EngineProcess();
  engines.push(engine);
  engine.send({ type: 'start', settings });
  return engine;
}

/** Logs on; the peer takes whatever number the Logon has. */
async function logOn(engine: EngineProcess): Promise<string | null> {
  engine.connect(peer.port);
  const logon = await peer.logOn();
  await engine.report('logged-on');
  return logon.field(34);
}

async function order(engine: EngineProcess): Promise<void> {
  engine.send({
    type: 'send',
    requestId: 1,
    msgType: 'B',
    fields: [
      [148, 'an order of old'],
      [33, '1'],
      [58, 'x'],
    ],
  });
  await peer.hear('B');
}

it('other CompIDs between two connections are another session: the new counterparty gets nothing of the old one, which finds its own again', async () => {
  const settings = home.settings();
  const production: EngineSettings = { ...settings, senderCompId: 'US-PROD' };
  const engine = start(settings);
  await engine.report('ready');
  expect(await logOn(engine)).toBe('1');
  await order(engine);
  peer.drop();
  await engine.report('disconnected');

  peer.target = 'US-PROD';
  peer.next = 1;
  engine.send({ type: 'configure', settings: production });
  expect(await logOn(engine)).toBe('1');
  peer.send('2', '7=1|16=0|');
  expect((await peer.hear('4')).text).toContain('|36=2|');
  peer.send('1', '112=end|');
  expect((await peer.hear()).text).toContain('|112=end|');
  peer.drop();
  await engine.report('disconnected');

  peer.target = 'US';
  peer.next = 2;
  engine.send({ type: 'configure', settings });
  expect(await logOn(engine)).toBe('3');
});

it('a second engine of the same session is refused with a sentence, until the first one is gone, however it ends', async () => {
  const first = start(home.settings());
  await first.report('ready');
  const second = start({ ...home.settings(), provider: 'LP-TWIN' });
  const { reason } = await second.report('disconnected');
  expect(reason).toEqual({
    code: 'store-in-use',
    detail: expect.stringContaining(`LP (process ${first.child.pid}) is running this FIX session`),
  });
  expect((await second.exited).code).toBe(1);

  const gone = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await gone;
  const third = start({ ...home.settings(), provider: 'LP-TWIN' });
  expect(await third.report('ready')).toMatchObject({ nextIn: 1, nextOut: 1 });
});

it('a row made again after it was deleted starts at 1 and says what was kept aside', async () => {
  const first = start({ ...home.settings(), row: { id: 'first', heirs: ['first'] } });
  await first.report('ready');
  await logOn(first);
  await order(first);
  await first.kill();
  await peer.until(() => peer.closed);

  peer.next = 1;
  const second = start({ ...home.settings(), row: { id: 'second', heirs: ['second'] } });
  expect(await second.report('ready')).toMatchObject({ nextIn: 1, nextOut: 1 });
  await vi.waitFor(async () => {
    const { events } = await second.report('timeline');
    expect(events.map(({ text }) => text).join()).toContain('(next in 2, next out 3) is kept aside');
  });
});
