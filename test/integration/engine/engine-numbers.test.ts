import { describe, expect, it } from 'vitest';
import { engineBench } from './engine-bench.ts';

const NEWS = '148=h|33=1|58=x|';

const bench = engineBench();
const { start, loggedOn } = bench;

describe('the wish to start again at 1', () => {
  it('lives through refusals and the death of the engine until a Logon was accepted', async () => {
    const first = await loggedOn();
    bench.peer.send('B', NEWS);
    await first.report('first-message');
    bench.peer.drop();
    await first.report('disconnected');
    first.send({ type: 'reset-sequence', requestId: 1 });
    expect(await first.report('answer')).toMatchObject({ requestId: 1, error: null });
    await first.kill();

    const second = start();
    await second.report('ready');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      second.connect(bench.peer.port);
      expect((await bench.peer.hear('A')).text).toContain('|34=1|');
      bench.peer.drop();
      await second.report('disconnected');
    }
    await second.kill();

    const third = start();
    await third.report('ready');
    third.connect(bench.peer.port);
    bench.peer.next = 1;
    const logon = await bench.peer.logOn();
    expect([logon.field(34), logon.field(141)]).toEqual(['1', 'Y']);
    await third.report('logged-on');
    // A turn has written its numbers before the next one answers.
    third.send({ type: 'ping', n: 1 });
    await third.report('pong');
    await third.kill();

    const last = await loggedOn();
    expect(last.reports.find(({ type }) => type === 'logged-on')).toMatchObject({ nextIn: 3, nextOut: 3 });
    expect(bench.peer.all.at(-1)?.field(141)).toBeNull();
  });
});

describe('kill -9', () => {
  it('loses no number and no message', async () => {
    const first = await loggedOn();
    for (let n = 0; n < 200; n += 1)
      first.send({
        type: 'send',
        requestId: n,
        msgType: 'B',
        fields: [
          [148, `m${n}`],
          [33, '1'],
          [58, 'x'],
        ],
      });
    bench.peer.sendAll(Array.from({ length: 500 }, () => ['B', NEWS] as const));
    await bench.peer.until(() => bench.peer.all.length >= 50);
    await first.kill();
    await bench.peer.until(() => bench.peer.closed);
    const sent = bench.peer.all.filter((message) => message.field(35) === 'B');
    const lastHeard = Number(bench.peer.all.at(-1)?.field(34));

    const second = start();
    const { nextIn, nextOut } = await second.report('ready');
    expect(nextIn).toBeGreaterThanOrEqual(2);
    expect(nextIn).toBeLessThanOrEqual(bench.peer.next);
    // What was stored may be ahead of what the peer got, never behind.
    expect(nextOut).toBeGreaterThan(lastHeard);

    second.connect(bench.peer.port);
    expect((await bench.peer.hear('A')).field(34)).toBe(String(nextOut));
    bench.peer.send('A', '98=0|108=30|');
    await second.report('logged-on');
    bench.peer.send('2', '7=1|16=0|');
    const resent = [];
    while (resent.length < sent.length) resent.push(await bench.peer.hear('B'));
    expect(resent.map((message) => [message.field(34), message.field(148), message.field(43)])).toEqual(
      sent.map((message) => [message.field(34), message.field(148), 'Y']),
    );
    expect(resent.map((message) => message.field(122))).toEqual(sent.map((message) => message.field(52)));
  });
});
