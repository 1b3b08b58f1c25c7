import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Counterparty } from './counterparty.ts';
import { engineBench } from './engine-bench.ts';

const NEWS = '148=h|33=1|58=x|';

const bench = engineBench();
const { start, loggedOn } = bench;

describe('an engine process', () => {
  it('logs on, reports each step, and logs out', async () => {
    const engine = start();
    expect(await engine.report('ready')).toMatchObject({ pid: engine.child.pid, nextIn: 1, nextOut: 1 });
    engine.connect(bench.peer.port);
    expect(await engine.report('tcp-connected')).toMatchObject({ address: '127.0.0.1' });
    await engine.report('logon-sent');
    expect((await bench.peer.logOn()).text).toContain('|98=0|108=30|553=desk|554=hunter2|');
    expect(await engine.report('logged-on')).toMatchObject({ nextIn: 2, nextOut: 2 });
    bench.peer.send('B', NEWS);
    expect(await engine.report('first-message')).toEqual({ type: 'first-message', msgType: 'B' });
    await vi.waitFor(async () =>
      expect((await engine.report('stats')).stats).toMatchObject({ nextIn: 3, totalIn: 2, lastMessage: { msgType: 'B' } }),
    );
    engine.send({ type: 'logout', text: 'Deactivated', reason: { code: 'deactivated' } });
    expect((await bench.peer.hear('5')).field(58)).toBe('Deactivated');
    bench.peer.send('5');
    expect(await engine.report('disconnected')).toEqual({
      type: 'disconnected',
      reason: { code: 'deactivated' },
      wasLoggedOn: true,
      logoutAnswered: true,
      nextIn: 4,
      nextOut: 3,
    });
    engine.send({ type: 'stop' });
    expect(await engine.exited).toEqual({ code: 0, signal: null });
  });

  it('obeys the operator', async () => {
    const engine = await loggedOn();
    engine.send({
      type: 'send',
      requestId: 1,
      msgType: 'B',
      fields: [
        [148, 'a'],
        [33, '1'],
        [58, 'b'],
      ],
    });
    expect(await engine.report('answer')).toEqual({ type: 'answer', requestId: 1, error: null, msgSeqNum: 2 });
    expect((await bench.peer.hear('B')).field(148)).toBe('a');
    engine.send({ type: 'test-request', requestId: 2 });
    expect(await engine.report('answer')).toMatchObject({ requestId: 2, msgSeqNum: 3 });
    const probe = await bench.peer.hear('1');
    bench.peer.send('0', `112=${probe.field(112) ?? ''}|`);
    await vi.waitFor(async () => expect((await engine.report('stats')).stats.testRequestRttMs).not.toBeNull());
    engine.send({ type: 'resend-request', requestId: 3, from: 2 });
    expect(await engine.report('answer')).toMatchObject({ requestId: 3, error: null });
    expect((await bench.peer.hear('2')).text).toContain('|7=2|16=0|');
    expect(await engine.report('recovering')).toMatchObject({ total: 1 });
    bench.peer.send('4', '43=Y|123=Y|36=3|', 2);
    engine.send({ type: 'block-outbound', requestId: 99, parting: null });
    expect(await engine.report('answer')).toMatchObject({ requestId: 99, error: null });
    engine.send({ type: 'send', requestId: 4, msgType: 'B', fields: [[148, 'a']] });
    expect(await engine.report('answer')).toMatchObject({ requestId: 4, error: 'Outbound application messages are blocked.' });
    engine.send({ type: 'set-sequence', requestId: 5, nextIn: 0, nextOut: null });
    expect((await engine.report('answer')).error).toContain('0 is not a MsgSeqNum');
    engine.send({ type: 'set-sequence', requestId: 6, nextIn: 50, nextOut: 60 });
    expect(await engine.report('answer')).toMatchObject({ requestId: 6, error: null });
    bench.peer.send('1', '112=here|', 50);
    expect((await bench.peer.hear('0')).text).toContain('|34=60|');
    engine.send({ type: 'ping', n: 7 });
    expect(await engine.report('pong')).toEqual({ type: 'pong', n: 7 });
  });

  it.each([
    ['after 30 ms without a word', 30],
    ['at once where there is nothing to wait for', 0],
  ])('says the Logout of a session that is being ended by itself, once: %s', async (_name, withinMs) => {
    const engine = await loggedOn();
    const order = { text: 'Killed', reason: { code: 'killed', detail: 'x: y' } } as const;
    engine.send({ type: 'block-outbound', requestId: 1, parting: { ...order, withinMs } });
    expect(await engine.report('answer')).toMatchObject({ requestId: 1, error: null });
    expect((await bench.peer.hear('5')).field(58)).toBe('Killed');
    engine.send({ type: 'logout', ...order });
    bench.peer.send('5');
    expect(await engine.report('disconnected')).toMatchObject({ reason: order.reason, logoutAnswered: true, nextOut: 3 });
    engine.send({ type: 'logout', ...order });
    engine.send({ type: 'ping', n: 8 });
    await engine.report('pong');
    expect(engine.reports.filter(({ type }) => type === 'disconnected')).toHaveLength(1);
  });

  it('says the Logout of a session that is being ended as soon as it is told to', async () => {
    const engine = await loggedOn();
    const order = { text: 'Killed', reason: { code: 'killed', detail: 'x: y' } } as const;
    engine.send({ type: 'block-outbound', requestId: 1, parting: { ...order, withinMs: 60_000 } });
    engine.send({ type: 'logout', ...order });
    expect((await bench.peer.hear('5')).field(58)).toBe('Killed');
  });

  it.each([
    ['tcp-refused', async () => ({ host: '127.0.0.1', port: await unusedPort() })],
    ['dns-failed', async () => ({ host: 'no-such-host.invalid', port: 1 })],
  ])('says why it cannot connect: %s', async (code, target) => {
    const engine = start();
    await engine.report('ready');
    const { host, port } = await target();
    engine.connect(port, host);
    expect(await engine.report('disconnected')).toMatchObject({ reason: { code }, wasLoggedOn: false });
  });

  it('says that the peer hung up, and connects again when told to', async () => {
    const engine = await loggedOn();
    bench.peer.drop();
    const { reason, wasLoggedOn } = await engine.report('disconnected');
    expect(['tcp-closed', 'tcp-reset']).toContain(reason.code);
    expect(wasLoggedOn).toBe(true);
    engine.connect(bench.peer.port);
    expect((await bench.peer.logOn()).field(34)).toBe('2');
    expect(await engine.report('logged-on')).toMatchObject({ nextIn: 3, nextOut: 3 });
  });

  it('says that the peer logs out when it does, and not only when it has hung up', async () => {
    const engine = await loggedOn();
    bench.peer.send('5', '58=end of day|');
    const reason = { code: 'peer-logout', peerText: 'end of day' };
    expect(await engine.report('leaving')).toEqual({ type: 'leaving', reason });
    expect(engine.reports.map(({ type }) => type)).not.toContain('disconnected');
    bench.peer.drop();
    expect(await engine.report('disconnected')).toMatchObject({ reason, wasLoggedOn: true });
  });

  it('answers logout in any case, also while nothing is connected', async () => {
    const engine = start();
    await engine.report('ready');
    engine.send({ type: 'logout', text: 'x', reason: { code: 'killed' } });
    expect(await engine.report('disconnected')).toMatchObject({ reason: { code: 'killed' }, logoutAnswered: false });
  });

  it('gives up on a peer that does not read', async () => {
    const engine = await loggedOn();
    bench.peer.stopReading();
    const text = 'x'.repeat(500_000);
    for (let n = 0; n < 60; n += 1) engine.send({ type: 'send', requestId: n, msgType: 'B', fields: [[148, text]] });
    expect(await engine.report('disconnected')).toMatchObject({ reason: { code: 'slow-consumer' } });
  });

  it('answers each ResendRequest of a peer that reads later, and then what came meanwhile', async () => {
    const engine = await loggedOn();
    const text = 'x'.repeat(20_000);
    for (let n = 0; n < 800; n += 1) engine.send({ type: 'send', requestId: n, msgType: 'B', fields: [[148, text]] });
    await bench.peer.until(() => bench.peer.all.length === 801);
    bench.peer.stopReading();
    const asks = Array.from({ length: 40 }, (_, n) => ['2', `7=${2 + n * 20}|16=${21 + n * 20}|`] as const);
    bench.peer.sendAll([...asks, ['1', '112=after|']]);
    await vi.waitFor(async () => expect((await engine.report('stats')).stats.totalIn).toBe(42));
    bench.peer.readAgain();
    expect((await bench.peer.hear('0')).field(112)).toBe('after');
    const resent = bench.peer.all.slice(801, -1);
    expect(resent.every((heard) => heard.field(43) === 'Y' && heard.field(148) === text)).toBe(true);
    expect(resent.map((heard) => Number(heard.field(34)))).toEqual(Array.from({ length: 800 }, (_, i) => i + 2));
  });

  it('ends with its parent, its log written', async () => {
    const engine = await loggedOn();
    bench.peer.send('B', NEWS);
    await engine.report('first-message');
    engine.child.disconnect();
    expect(await engine.exited).toEqual({ code: 0, signal: null });
    const log = readFileSync(bench.home.fixLog, 'latin1');
    expect(log).toContain('\x0135=B\x01');
    expect(log).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z O 8=FIX\.4\.4\x01.*\x01554=\*\*\*\x01/);
    expect(log).not.toContain('hunter2');
  });

  it('logs out and ends on SIGTERM', async () => {
    const engine = await loggedOn();
    engine.child.kill('SIGTERM');
    await bench.peer.hear('5');
    bench.peer.send('5');
    expect(await engine.report('disconnected')).toMatchObject({
      reason: { code: 'engine-exit', detail: 'SIGTERM' },
      logoutAnswered: true,
    });
    expect(await engine.exited).toEqual({ code: 0, signal: null });
  });

  it('says that its store cannot be used, and ends', async () => {
    writeFileSync(join(bench.home.dir, 'store'), 'a file where the folder should be');
    const engine = start();
    expect(await engine.report('disconnected')).toMatchObject({ reason: { code: 'store-failed' } });
    expect((await engine.exited).code).toBe(1);
  });

  it('does not connect without the dictionary that the LP needs', async () => {
    const file = join(bench.home.dir, 'none.xml');
    const engine = start(bench.home.settings({ dictionaryFile: file }));
    await engine.report('ready');
    engine.connect(bench.peer.port);
    const { reason } = await engine.report('disconnected');
    expect(reason.code).toBe('config-invalid');
    expect(reason.detail).toContain(file);
    engine.send({ type: 'configure', settings: bench.home.settings() });
    engine.connect(bench.peer.port);
    await bench.peer.logOn();
    await engine.report('logged-on');
  });

  it('keeps a heartbeat of one second', async () => {
    await loggedOn(bench.home.settings({}, 1));
    const times: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await bench.peer.hear('0');
      times.push(performance.now());
      bench.peer.send('0');
    }
    const first = times[0] ?? 0;
    const last = times[2] ?? 0;
    expect(last - first).toBeGreaterThan(1_900);
    expect(last - first).toBeLessThan(2_500);
  });
});

async function unusedPort(): Promise<number> {
  const other = await Counterparty.listen();
  const { port } = other;
  await other.end();
  return port;
}
