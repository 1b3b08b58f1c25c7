import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import type { EngineSettings } from '../../../main/contracts/engine-protocol.ts';
import { engineBench } from './engine-bench.ts';
import type { EngineProcess } from './engine-process.ts';

const bench = engineBench();
const { start } = bench;

/** Logs on; the peer takes whatever number the Logon has. */
async function logOn(engine: EngineProcess): Promise<string | null> {
  engine.connect(bench.peer.port);
  const logon = await bench.peer.logOn();
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
  await bench.peer.hear('B');
}

it('other CompIDs between two connections are another session: the new counterparty gets nothing of the old one, which finds its own again', async () => {
  const settings = bench.home.settings();
  const production: EngineSettings = { ...settings, senderCompId: 'US-PROD' };
  const engine = start(settings);
  await engine.report('ready');
  expect(await logOn(engine)).toBe('1');
  await order(engine);
  bench.peer.drop();
  await engine.report('disconnected');

  bench.peer.target = 'US-PROD';
  bench.peer.next = 1;
  engine.send({ type: 'configure', settings: production });
  expect(await logOn(engine)).toBe('1');
  bench.peer.send('2', '7=1|16=0|');
  expect((await bench.peer.hear('4')).text).toContain('|36=2|');
  bench.peer.send('1', '112=end|');
  expect((await bench.peer.hear()).text).toContain('|112=end|');
  bench.peer.drop();
  await engine.report('disconnected');

  bench.peer.target = 'US';
  bench.peer.next = 2;
  engine.send({ type: 'configure', settings });
  expect(await logOn(engine)).toBe('3');
});

it('a second engine of the same session is refused with a sentence, until the first one is gone, however it ends', async () => {
  const first = start(bench.home.settings());
  await first.report('ready');
  const second = start({ ...bench.home.settings(), provider: 'LP-TWIN' });
  const { reason } = await second.report('disconnected');
  expect(reason).toEqual({
    code: 'store-in-use',
    detail: expect.stringContaining(`LP (process ${first.child.pid}) is running this FIX session`),
  });
  expect((await second.exited).code).toBe(1);

  const gone = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await gone;
  const third = start({ ...bench.home.settings(), provider: 'LP-TWIN' });
  expect(await third.report('ready')).toMatchObject({ nextIn: 1, nextOut: 1 });
});

it('a row made again after it was deleted starts at 1 and says what was kept aside', async () => {
  const first = start({ ...bench.home.settings(), row: { id: 'first', heirs: ['first'] } });
  await first.report('ready');
  await logOn(first);
  await order(first);
  await first.kill();
  await bench.peer.until(() => bench.peer.closed);

  bench.peer.next = 1;
  const second = start({ ...bench.home.settings(), row: { id: 'second', heirs: ['second'] } });
  expect(await second.report('ready')).toMatchObject({ nextIn: 1, nextOut: 1 });
  await vi.waitFor(async () => {
    const { events } = await second.report('timeline');
    expect(events.map(({ text }) => text).join()).toContain('(next in 2, next out 3) is kept aside');
  });
});
