import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFixLogLines } from '../../../main/logs/fix-log-line.ts';
import { Counterparty } from './counterparty.ts';
import { EngineHome, EngineProcess } from './engine-process.ts';

const CUT = /… \([\d,]+ bytes more in fix\.log\)/;

let peer: Counterparty;
let home: EngineHome;
let engine: EngineProcess;
beforeEach(async () => {
  peer = await Counterparty.listen();
  home = new EngineHome();
  engine = new EngineProcess();
  engine.send({ type: 'start', settings: home.settings() });
  await engine.report('ready');
  engine.connect(peer.port);
});
afterEach(async () => {
  await engine.kill();
  await peer.end();
  home.remove();
});

const events = () => engine.reports.flatMap((report) => (report.type === 'timeline' ? report.events : []));
const largest = (): number => Math.max(...engine.reports.map((report) => JSON.stringify(report).length));

describe('an engine whose peer writes what it likes', () => {
  it('says the beginning of 50 Rejects of almost a megabyte, and has all of them in its log', async () => {
    await peer.logOn();
    await engine.report('logged-on');
    const text = 'x'.repeat(900_000);
    for (let n = 0; n < 50; n += 1) peer.send('3', `45=1|58=${text}|`);
    await expect.poll(() => events().filter(({ event }) => event === 'Reject').length, { timeout: 30_000 }).toBe(50);
    expect(events().find(({ event }) => event === 'Reject')?.text).toMatch(CUT);
    expect(largest()).toBeLessThan(300_000);
    await expect.poll(() => readFileSync(home.fixLog, 'latin1').split(text).length - 1, { timeout: 10_000 }).toBe(50);
  });

  it('bounds the reason of a refusal by what it takes when it is encoded', async () => {
    await peer.hear('A');
    peer.send('5', `58=${'\x07'.repeat(300_000)}|`);
    const { reason } = await engine.report('disconnected');
    expect(reason.peerText).toMatch(CUT);
    expect(JSON.stringify(reason).length).toBeLessThan(2_300);
  });

  it('writes one line for a message that brings a line of its own', async () => {
    await peer.logOn();
    await engine.report('logged-on');
    peer.send('3', '45=1|58=sorry\n2026-01-31T09:30:00.123457Z O 8=FIX.4.4 35=D 38=50000000|');
    await expect.poll(() => readFileSync(home.fixLog, 'latin1')).toContain('50000000');
    const lines = parseFixLogLines(readFileSync(home.fixLog, 'latin1').trimEnd().split('\n'), 1);
    expect(lines.filter(({ text }) => text.includes('50000000')).map(({ direction }) => direction)).toEqual(['in']);
  });

  it('repeats our password nowhere, wherever the peer quotes it', async () => {
    const { password } = home.settings().credentials;
    await peer.logOn();
    await engine.report('logged-on');
    peer.send('B', `148=your password is ${password}|33=1|58=${password}|`);
    peer.send('1', `112=${password}|`);
    expect((await peer.hear('0')).field(112)).toBe(password);
    peer.send('3', `45=1|58=${password} is old|`);
    peer.send('D', `11=${password}|`);
    await peer.hear();
    peer.sendRaw(`8=FIX.4.4|9=50|35=0|58=${password} ${'x'.repeat(100)} ${password}|`);
    peer.send('0', '');
    await expect.poll(() => events().map(({ event }) => event), { timeout: 10_000 }).toContain('Garbled');
    peer.send('5', `58=${password} has expired|`);
    const { reason } = await engine.report('disconnected');
    expect(reason.peerText).toBe('*** has expired');
    await expect.poll(() => readFileSync(home.fixLog, 'latin1')).toContain('has expired');
    expect(readFileSync(home.fixLog, 'latin1')).toContain('148=your password is ***');
    expect(readFileSync(home.fixLog, 'latin1')).not.toContain(password);
    expect(JSON.stringify(engine.reports)).not.toContain(password);
  });

  it('stays logged on when its log folder is removed, and says so within 10 s, once', async () => {
    await peer.logOn();
    await engine.report('logged-on');
    rmSync(dirname(home.fixLog), { recursive: true });
    const said = () => events().filter(({ text }) => text.includes('FIX log'));
    await expect.poll(said, { timeout: 10_000 }).toEqual([expect.objectContaining({ event: 'Engine', level: 'attention' })]);
    peer.send('1', '112=still there|');
    expect((await peer.hear('0')).field(112)).toBe('still there');
    await expect.poll(() => readFileSync(home.fixLog, 'latin1')).toContain('112=still there');
    expect(said()).toHaveLength(1);
  });
});
