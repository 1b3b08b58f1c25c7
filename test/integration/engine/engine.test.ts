import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineSettings } from '../../../main/contracts/engine-protocol.ts';
import { Counterparty } from './counterparty.ts';
import { EngineHome, EngineProcess } from './engine-process.ts';

const NEWS = '148=h|33=1|58=x|';

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

function start(settings: EngineSettings = home.settings()): EngineProcess {
  const engine = new EngineProcess();
  engines.push(engine);
  engine.send({ type: 'start', settings });
  return engine;
}

async function loggedOn(settings?: EngineSettings): Promise<EngineProcess> {
  const engine = start(settings);
  await engine.report('ready');
  engine.connect(peer.port);
  await peer.logOn();
  await engine.report('logged-on');
  return engine;
}

describe('an engine process', () => {
  it('logs on, reports each step, and logs out', async () => {
    const engine = start();
    expect(await engine.report('ready')).toMatchObject({ pid: engine.child.pid, nextIn: 1, nextOut: 1 });
    engine.connect(peer.port);
    expect(await engine.report('tcp-connected')).toMatchObject({ address: '127.0.0.1' });
    await engine.report('logon-sent');
    expect((await peer.logOn()).text).toContain('|98=0|108=30|553=desk|554=hunter2|');
    expect(await engine.report('logged-on')).toMatchObject({ nextIn: 2, nextOut: 2 });
    peer.send('B', NEWS);
    expect(await engine.report('first-message')).toEqual({ type: 'first-message', msgType: 'B' });
    await vi.waitFor(async () =>
      expect((await engine.report('stats')).stats).toMatchObject({ nextIn: 3, totalIn: 2, lastMessage: { msgType: 'B' } }),
    );
    engine.send({ type: 'logout', text: 'Deactivated', reason: { code: 'deactivated' } });
    expect((await peer.hear('5')).field(58)).toBe('Deactivated');
    peer.send('5');
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
    expect((await peer.hear('B')).field(148)).toBe('a');
    engine.send({ type: 'test-request', requestId: 2 });
    expect(await engine.report('answer')).toMatchObject({ requestId: 2, msgSeqNum: 3 });
    const probe = await peer.hear('1');
    peer.send('0', `112=${probe.field(112) ?? ''}|`);
    await vi.waitFor(async () => expect((await engine.report('stats')).stats.testRequestRttMs).not.toBeNull());
    engine.send({ type: 'resend-request', requestId: 3, from: 2 });
    expect(await engine.report('answer')).toMatchObject({ requestId: 3, error: null });
    expect((await peer.hear('2')).text).toContain('|7=2|16=0|');
    expect(await engine.report('recovering')).toMatchObject({ total: 1 });
    peer.send('4', '43=Y|123=Y|36=3|', 2);
    engine.send({ type: 'block-outbound', requestId: 99 });
    expect(await engine.report('answer')).toMatchObject({ requestId: 99, error: null });
    engine.send({ type: 'send', requestId: 4, msgType: 'B', fields: [[148, 'a']] });
    expect(await engine.report('answer')).toMatchObject({ requestId: 4, error: 'Outbound application messages are blocked.' });
    engine.send({ type: 'set-sequence', requestId: 5, nextIn: 0, nextOut: null });
    expect((await engine.report('answer')).error).toContain('0 is not a MsgSeqNum');
    engine.send({ type: 'set-sequence', requestId: 6, nextIn: 50, nextOut: 60 });
    expect(await engine.report('answer')).toMatchObject({ requestId: 6, error: null });
    peer.send('1', '112=here|', 50);
    expect((await peer.hear('0')).text).toContain('|34=60|');
    engine.send({ type: 'ping', n: 7 });
    expect(await engine.report('pong')).toEqual({ type: 'pong', n: 7 });
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
    peer.drop();
    const { reason, wasLoggedOn } = await engine.report('disconnected');
    expect(['tcp-closed', 'tcp-reset']).toContain(reason.code);
    expect(wasLoggedOn).toBe(true);
    engine.connect(peer.port);
    expect((await peer.logOn()).field(34)).toBe('2');
    expect(await engine.report('logged-on')).toMatchObject({ nextIn: 3, nextOut: 3 });
  });

  it('says that the peer logs out when it does, and not only when it has hung up', async () => {
    const engine = await loggedOn();
    peer.send('5', '58=end of day|');
    const reason = { code: 'peer-logout', peerText: 'end of day' };
    expect(await engine.report('leaving')).toEqual({ type: 'leaving', reason });
    expect(engine.reports.map(({ type }) => type)).not.toContain('disconnected');
    peer.drop();
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
    peer.stopReading();
    const text = 'x'.repeat(500_000);
    for (let n = 0; n < 60; n += 1) engine.send({ type: 'send', requestId: n, msgType: 'B', fields: [[148, text]] });
    expect(await engine.report('disconnected')).toMatchObject({ reason: { code: 'slow-consumer' } });
  });

  it('answers each ResendRequest of a peer that reads later, and then what came meanwhile', async () => {
    const engine = await loggedOn();
    const text = 'x'.repeat(20_000);
    for (let n = 0; n < 800; n += 1) engine.send({ type: 'send', requestId: n, msgType: 'B', fields: [[148, text]] });
    await peer.until(() => peer.all.length === 801);
    peer.stopReading();
    const asks = Array.from({ length: 40 }, (_, n) => ['2', `7=${2 + n * 20}|16=${21 + n * 20}|`] as const);
    peer.sendAll([...asks, ['1', '112=after|']]);
    await vi.waitFor(async () => expect((await engine.report('stats')).stats.totalIn).toBe(42));
    peer.readAgain();
    expect((await peer.hear('0')).field(112)).toBe('after');
    const resent = peer.all.slice(801, -1);
    expect(resent.every((heard) => heard.field(43) === 'Y' && heard.field(148) === text)).toBe(true);
    expect(resent.map((heard) => Number(heard.field(34)))).toEqual(Array.from({ length: 800 }, (_, i) => i + 2));
  });

  it('ends with its parent, its log written', async () => {
    const engine = await loggedOn();
    peer.send('B', NEWS);
    await engine.report('first-message');
    engine.child.disconnect();
    expect(await engine.exited).toEqual({ code: 0, signal: null });
    const log = readFileSync(home.fixLog, 'latin1');
    expect(log).toContain('\x0135=B\x01');
    expect(log).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z O 8=FIX\.4\.4\x01.*\x01554=\*\*\*\x01/);
    expect(log).not.toContain('hunter2');
  });

  it('logs out and ends on SIGTERM', async () => {
    const engine = await loggedOn();
    engine.child.kill('SIGTERM');
    await peer.hear('5');
    peer.send('5');
    expect(await engine.report('disconnected')).toMatchObject({
      reason: { code: 'engine-exit', detail: 'SIGTERM' },
      logoutAnswered: true,
    });
    expect(await engine.exited).toEqual({ code: 0, signal: null });
  });

  it('says that its store cannot be used, and ends', async () => {
    writeFileSync(join(home.dir, 'store'), 'a file where the folder should be');
    const engine = start();
    expect(await engine.report('disconnected')).toMatchObject({ reason: { code: 'store-failed' } });
    expect((await engine.exited).code).toBe(1);
  });

  it('does not connect without the dictionary that the LP needs', async () => {
    const file = join(home.dir, 'none.xml');
    const engine = start(home.settings({ dictionaryFile: file }));
    await engine.report('ready');
    engine.connect(peer.port);
    const { reason } = await engine.report('disconnected');
    expect(reason.code).toBe('config-invalid');
    expect(reason.detail).toContain(file);
    engine.send({ type: 'configure', settings: home.settings() });
    engine.connect(peer.port);
    await peer.logOn();
    await engine.report('logged-on');
  });

  it('keeps a heartbeat of one second', async () => {
    await loggedOn(home.settings({}, 1));
    const times: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await peer.hear('0');
      times.push(performance.now());
      peer.send('0');
    }
    const first = times[0] ?? 0;
    const last = times[2] ?? 0;
    expect(last - first).toBeGreaterThan(1_900);
    expect(last - first).toBeLessThan(2_500);
  });
});

describe('the wish to start again at 1', () => {
  it('lives through refusals and the death of the engine until a Logon was accepted', async () => {
    const first = await loggedOn();
    peer.send('B', NEWS);
    await first.report('first-message');
    peer.drop();
    await first.report('disconnected');
    first.send({ type: 'reset-sequence', requestId: 1 });
    expect(await first.report('answer')).toMatchObject({ requestId: 1, error: null });
    await first.kill();

    const second = start();
    await second.report('ready');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      second.connect(peer.port);
      expect((await peer.hear('A')).text).toContain('|34=1|');
      peer.drop();
      await second.report('disconnected');
    }
    await second.kill();

    const third = start();
    await third.report('ready');
    third.connect(peer.port);
    peer.next = 1;
    const logon = await peer.logOn();
    expect([logon.field(34), logon.field(141)]).toEqual(['1', 'Y']);
    await third.report('logged-on');
    // A turn has written its numbers before the next one answers.
    third.send({ type: 'ping', n: 1 });
    await third.report('pong');
    await third.kill();

    const last = await loggedOn();
    expect(last.reports.find(({ type }) => type === 'logged-on')).toMatchObject({ nextIn: 3, nextOut: 3 });
    expect(peer.all.at(-1)?.field(141)).toBeNull();
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
    peer.sendAll(Array.from({ length: 500 }, () => ['B', NEWS] as const));
    await peer.until(() => peer.all.length >= 50);
    await first.kill();
    await peer.until(() => peer.closed);
    const sent = peer.all.filter((message) => message.field(35) === 'B');
    const lastHeard = Number(peer.all.at(-1)?.field(34));

    const second = start();
    const { nextIn, nextOut } = await second.report('ready');
    expect(nextIn).toBeGreaterThanOrEqual(2);
    expect(nextIn).toBeLessThanOrEqual(peer.next);
    // What was stored may be ahead of what the peer got, never behind.
    expect(nextOut).toBeGreaterThan(lastHeard);

    second.connect(peer.port);
    expect((await peer.hear('A')).field(34)).toBe(String(nextOut));
    peer.send('A', '98=0|108=30|');
    await second.report('logged-on');
    peer.send('2', '7=1|16=0|');
    const resent = [];
    while (resent.length < sent.length) resent.push(await peer.hear('B'));
    expect(resent.map((message) => [message.field(34), message.field(148), message.field(43)])).toEqual(
      sent.map((message) => [message.field(34), message.field(148), 'Y']),
    );
    expect(resent.map((message) => message.field(122))).toEqual(sent.map((message) => message.field(52)));
  });
});

async function unusedPort(): Promise<number> {
  const other = await Counterparty.listen();
  const { port } = other;
  await other.end();
  return port;
}
