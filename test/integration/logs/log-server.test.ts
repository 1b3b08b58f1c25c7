import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineSettings } from '../../../main/contracts/engine-protocol.ts';
import { mkfifo } from '../../support/fifo.ts';
import { startLogs, type TestLogs } from '../../support/log-server.ts';
import { Counterparty } from '../engine/counterparty.ts';
import { EngineHome, EngineProcess } from '../engine/engine-process.ts';

const WITHIN = { timeout: 30_000, interval: 50 };

let home: EngineHome;
let logDir: string;
let file: string;
let lp: Counterparty;
let logs: TestLogs;
let engines: EngineProcess[];

beforeEach(async () => {
  home = new EngineHome();
  logDir = join(home.dir, 'fix');
  file = join(logDir, 'LP', 'fix.log');
  engines = [];
  lp = await Counterparty.listen();
  logs = await startLogs(logDir);
});
afterEach(async () => {
  for (const engine of engines) await engine.kill();
  await logs.close();
  await lp.end();
  home.remove();
});

const settings = (): EngineSettings => ({ ...home.settings(), logDir: join(logDir, 'LP'), logSocket: logs.socket });
const logged = (): string => (existsSync(file) ? readFileSync(file, 'latin1') : '');
const times = (text: string): number => logged().split(text).length - 1;
const said = (engine: EngineProcess): string => JSON.stringify(engine.reports.filter(({ type }) => type === 'timeline'));
const toldBy = (): string => logs.told.join('\n');

async function logOn(): Promise<EngineProcess> {
  const engine = new EngineProcess();
  engines.push(engine);
  engine.send({ type: 'start', settings: settings() });
  await engine.report('ready');
  engine.connect(lp.port);
  await lp.logOn();
  await engine.report('logged-on');
  return engine;
}
function news(text: string, count: number): void {
  lp.sendAll(Array.from({ length: count }, () => ['B', `148=${text}|33=1|58=${text}|`] as const));
}
let pings = 0;
/** Resolves when the engine has taken all before it, and answered. */
async function answered(): Promise<string> {
  pings += 1;
  lp.send('1', `112=PING${pings}|`);
  await lp.hear('0');
  return `PING${pings}`;
}
async function logOut(engine: EngineProcess): Promise<void> {
  engine.send({ type: 'logout', text: 'bye', reason: { code: 'deactivated' } });
  await lp.hear('5');
  lp.send('5');
  await engine.report('disconnected');
  lp.drop();
}

describe('the FIX log of an engine, which another process writes', () => {
  it('has in order all that an engine had sent and received before the turn in which it was ended by force', async () => {
    const engine = await logOn();
    news('burst', 500);
    const afterBurst = await answered();
    await expect.poll(() => times(afterBurst), WITHIN).toBe(2);
    const last = await answered();
    // It has ended the turn of the one before, then.
    await answered();
    engine.child.kill('SIGKILL');
    await engine.exited;
    // The TestRequest, and our answer.
    await expect.poll(() => times(last), WITHIN).toBe(2);
    expect(times('148=burst')).toBe(500);
    const lines = logged().trimEnd().split('\n');
    expect(lines.filter((line) => !/^[\d:.TZ-]{27} [IO] 8=FIX\.4\.4\x01.*\x0110=\d{3}\x01$/.test(line))).toEqual([]);
    expect(logged()).not.toContain('hunter2');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(logs.told).toEqual([]);
  });

  it('has every line of a burst that is larger than what may wait for that process', async () => {
    await logOn();
    const words = 'x'.repeat(700);
    for (let n = 0; n < 8; n += 1) news(words, 5_000);
    const last = await answered();
    await expect.poll(() => times(last), WITHIN).toBe(2);
    expect(times(`148=${words}`)).toBe(40_000);
    expect(logs.told).toEqual([]);
  });

  it('is whole when that process ends by force and is started anew, and an engine that has ended is in it to its last word', async () => {
    const engine = await logOn();
    const first = logs.process.pid ?? 0;
    for (let i = 0; i < 20; i += 1) {
      news(`n${i};`, 50);
      await answered();
      if (i === 10) process.kill(first, 'SIGKILL');
    }
    await expect.poll(() => times('148=n19;'), WITHIN).toBe(50);
    await logOut(engine);
    engine.send({ type: 'stop' });
    await engine.exited;
    await expect.poll(() => times('35=5'), WITHIN).toBe(2);
    const numbers = [...logged().matchAll(/148=n(\d+);/g)].map(([, n]) => Number(n));
    // What it had just written when it ended may be there twice; nothing is missing.
    expect(new Set(numbers).size).toBe(20);
    for (let i = 0; i < 20; i += 1) expect(times(`148=n${i};`), `n${i}`).toBeGreaterThanOrEqual(50);
    expect(logged()).not.toContain('\0');
    expect(toldBy()).toContain('started anew');
  });

  it('loses lines, which are counted, when that process stands still; no session waits, and another process takes its place', async () => {
    const engine = await logOn();
    process.kill(logs.process.pid ?? 0, 'SIGSTOP');
    // More than is kept.
    for (let i = 0; i < 14; i += 1) {
      news('x'.repeat(8_000), 100);
      await answered();
    }
    await expect.poll(() => said(engine), WITHIN).toContain('further lines are lost');
    await expect.poll(() => said(engine), WITHIN).toMatch(/The FIX log is written again: \d+ lines of it were lost/);
    const lost = Number(/written again: (\d+) lines/.exec(said(engine))?.[1]);
    const last = await answered();
    await expect.poll(() => times(last), WITHIN).toBe(2);
    expect(times(`148=${'x'.repeat(8_000)}`) + lost).toBeGreaterThanOrEqual(1_400);
    expect(lost).toBeLessThan(1_400);
    expect(logged()).not.toContain('\0');
  });

  it('keeps no engine from its Logon or from its end, nor the console from its end, while that process stands still', async () => {
    process.kill(logs.process.pid ?? 0, 'SIGSTOP');
    const engine = await logOn();
    await answered();
    await logOut(engine);
    const began = performance.now();
    engine.send({ type: 'stop' });
    expect(await engine.exited).toMatchObject({ code: 0 });
    expect(performance.now() - began).toBeLessThan(3_000);
    const ends = performance.now();
    await logs.process.close();
    expect(performance.now() - ends).toBeLessThan(4_000);
    expect(toldBy()).toContain('left behind');
  });

  it('that cannot be written is told of, and the session logs on: a FIFO or a file in its place', async () => {
    mkdirSync(dirname(file), { recursive: true });
    mkfifo(file);
    const engine = await logOn();
    await expect.poll(toldBy, WITHIN).toMatch(/LP error The FIX log cannot be written: .*ENXIO/);
    await answered();
    rmSync(file);
    await expect.poll(toldBy, WITHIN).toMatch(/LP note The FIX log is written again, without \d+ lines/);
    await logOut(engine);
    await engine.kill();
    rmSync(logDir, { recursive: true });
    writeFileSync(logDir, 'a file in the place of the folder');
    lp.next = 1;
    rmSync(home.settings().storeDir, { recursive: true });
    await logOn();
  });
});

describe('the process that writes the logs', () => {
  it('takes lines of the logs of an LP only, into the folder of logs only', async () => {
    for (const opening of [
      { provider: '../../etc', log: 'fix' },
      { provider: '..', log: 'fix' },
      { provider: 'LP', log: 'passwd' },
      { provider: 'LP', log: '../x' },
      'no opening',
    ]) {
      const socket = connect(logs.socket);
      socket.write(`${JSON.stringify(opening)}\nlines\n`);
      await new Promise((closed) => socket.on('close', closed).on('error', closed).resume());
    }
    expect(logs.told.filter((text) => text.includes('turned away'))).toHaveLength(5);
    expect(existsSync(logDir)).toBe(false);
    expect(statSync(dirname(logs.socket)).mode & 0o777).toBe(0o700);
  });

  it('deletes what is beyond the quota, of LPs that are not active too, and says so to their operators', async () => {
    mkdirSync(dirname(file), { recursive: true });
    const old = join(dirname(file), 'fix.2026-01-01.1.log.gz');
    writeFileSync(old, 'x');
    writeFileSync(join(dirname(file), 'events.2026-01-01.1.log'), 'x');
    const theirs = await startLogs(logDir, { bytes: 0, days: 30 });
    const notes = () => theirs.told.filter((text) => text.startsWith('LP note '));
    await expect.poll(notes, WITHIN).toHaveLength(2);
    await theirs.close();
    expect(notes()[0]).toMatch(/^LP note fix\.log of 2026-01-01 was deleted .* kept for 30 days$/);
    expect(notes()[1]).toMatch(/^LP note events\.log of 2026-01-01 was deleted/);
    expect(existsSync(old)).toBe(false);
  });
});
