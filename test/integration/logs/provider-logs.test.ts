import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TimelineEvent } from '../../../main/contracts/lp-view.ts';
import { openAppLog } from '../../../main/logs/app-logger.ts';
import { ProviderLogs } from '../../../main/logs/provider-logs.ts';
import { RotatingLog } from '../../../main/logs/rotating-log.ts';
import type { EventLog } from '../../../main/sessions/ports.ts';
import type { TunnelLogs } from '../../../main/stunnel/stunnel-manager.ts';
import { startLogs } from '../../support/log-server.ts';

let dir = '';
const errors: string[] = [];
const onError = (said: Error | string) => errors.push(String(said));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-logs-'));
  errors.length = 0;
});
afterEach(() => {
  rmSync(dir, { recursive: true });
  expect(errors).toEqual([]);
});

const event = (n: number, more: Partial<TimelineEvent> = {}): TimelineEvent => ({
  n,
  provider: 'LP-X',
  atMs: Date.UTC(2026, 0, 31, 9, 30, 0, 250),
  event: 'Logon',
  level: 'info',
  direction: 'out',
  text: `event ${n}`,
  seqIn: null,
  seqOut: n,
  ...more,
});

const records = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const recordsIfThere = (path: string) => (existsSync(path) && statSync(path).size > 0 ? records(path) : []);

describe('the logs of a provider', () => {
  it('has its key events as JSON lines with time, event and numbers, passwords masked', async () => {
    const server = await startLogs(dir);
    const logs = new ProviderLogs({ socket: server.socket, onError, onNote: onError });
    const eventLog: EventLog = logs;
    eventLog.write(event(1));
    eventLog.write(
      event(2, { event: 'Reject', level: 'alarm', direction: 'in', seqIn: 9, seqOut: null, text: '35=A|554=secret|' }),
    );
    eventLog.write(event(3, { provider: 'LP-Y', level: 'attention' }));
    await logs.close();
    await server.close();
    expect(records(join(dir, 'LP-X', 'events.log'))).toEqual([
      {
        level: 'info',
        time: '2026-01-31T09:30:00.250Z',
        provider: 'LP-X',
        event: 'Logon',
        direction: 'out',
        seqIn: null,
        seqOut: 1,
        text: 'event 1',
      },
      expect.objectContaining({
        level: 'alarm',
        event: 'Reject',
        direction: 'in',
        seqIn: 9,
        seqOut: null,
        text: '35=A|554=***|',
      }),
    ]);
    expect(records(join(dir, 'LP-Y', 'events.log'))).toEqual([expect.objectContaining({ level: 'attention', text: 'event 3' })]);
    expect(statSync(join(dir, 'LP-X', 'events.log')).mode & 0o007).toBe(0);
  });

  it('takes what one stunnel after the other says', async () => {
    const server = await startLogs(dir);
    const logs = new ProviderLogs({ socket: server.socket, onError, onNote: onError });
    const tunnels: TunnelLogs = { open: (provider) => logs.openTunnelLog(provider) };
    for (const text of ['one', 'two']) {
      const log = tunnels.open('LP-X');
      log.write(text);
      log.close();
    }
    await logs.close();
    await server.close();
    expect(readFileSync(join(dir, 'LP-X', 'tunnel.log'), 'utf8')).toBe('one\ntwo\n');
  });

  it('loses no event when the process exits, or crashes, right after it', async () => {
    const server = await startLogs(dir);
    const program = fileURLToPath(new URL('./write-and-exit.ts', import.meta.url));
    for (const how of ['exit', 'crash']) {
      const ended = spawnSync(process.execPath, [program, server.socket, how], { encoding: 'utf8' });
      expect(ended.status).toBe(how === 'exit' ? 0 : 1);
      const texts = () => recordsIfThere(join(dir, how, 'events.log')).map(({ text }) => text);
      await expect.poll(texts, { timeout: 20_000 }).toEqual(Array.from({ length: 500 }, (_, i) => `event ${i}`));
    }
    await server.close();
  });
});

describe('a rotating log', () => {
  const logFiles = () => readdirSync(dir).filter((name) => name.endsWith('.log') || name.endsWith('.gz'));

  it('rotates by size, compresses, and keeps no more than it should', async () => {
    const log = new RotatingLog({ dir, name: 'events', maxBytes: 4_096, keep: 3, onError });
    for (let n = 0; n < 100; n += 1) {
      log.write(`${String(n).padStart(5, '0')} ${'x'.repeat(500)}`);
      // One write at a time, as events come.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await log.close();
    await expect.poll(() => logFiles().length).toBeLessThanOrEqual(4);
    const rotated = logFiles()
      .filter((name) => /^events\.\d{4}-\d{2}-\d{2}\.\d+\.log\.gz$/.test(name))
      .sort(new Intl.Collator('en', { numeric: true }).compare);
    expect(rotated).toHaveLength(3);
    const numbers = [
      ...rotated.map((name) => gunzipSync(readFileSync(join(dir, name))).toString()),
      readFileSync(join(dir, 'events.log'), 'utf8'),
    ]
      .flatMap((text) => text.trim().split('\n'))
      .map((line) => Number(line.slice(0, 5)));
    // The files' own order is that of their lines: no name is used again for a later file.
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 100 - numbers.length + i));
  });

  it('rotates a log of an earlier day when it is opened', async () => {
    const path = join(dir, 'events.log');
    writeFileSync(path, 'yesterday\n');
    const yesterday = new Date(Date.now() - 86_400_000);
    utimesSync(path, yesterday, yesterday);
    const log = new RotatingLog({ dir, name: 'events', maxBytes: 1_000_000, keep: 3, onError });
    log.write('today');
    await log.close();
    const rotated = logFiles().find((name) => name.endsWith('.gz'));
    expect(gunzipSync(readFileSync(join(dir, rotated ?? ''))).toString()).toBe('yesterday\n');
    expect(readFileSync(path, 'utf8')).toBe('today\n');
  });

  it('tells once when the disk refuses, and goes on when it works again', async () => {
    const told: string[] = [];
    const folder = join(dir, 'folder');
    writeFileSync(folder, 'a file in the place of the folder');
    const log = new RotatingLog({
      dir: folder,
      name: 'events',
      maxBytes: 1_000,
      keep: 1,
      onError: ({ message }) => told.push(message),
    });
    log.write('lost');
    await expect.poll(() => told).toEqual([expect.stringContaining(join(folder, 'events.log'))]);
    log.write('lost too');
    log.flushSync();
    rmSync(folder);
    const written = () =>
      existsSync(join(folder, 'events.log')) && readFileSync(join(folder, 'events.log'), 'utf8').includes('kept');
    await expect
      .poll(() => {
        log.write('kept');
        return written();
      })
      .toBe(true);
    await log.close();
    expect(told).toHaveLength(1);
  });
});

describe('the log of the console', () => {
  it('writes JSON lines with secrets masked in properties, texts and errors', async () => {
    const also: string[] = [];
    const log = openAppLog({ dataDir: dir, also: { write: (line) => also.push(line) } });
    log.logger.info({ draft: { password: 'p1' }, raw: '554=p2|' }, 'saved 554=p3|x');
    log.logger.error({ err: new Error('refused 35=A|554=p4|') }, 'failed');
    log.logger.child({ token: 'p5' }).warn('child');
    await log.close();
    const text = readFileSync(join(dir, 'logs', 'console.log'), 'utf8');
    expect(text).toBe(also.join(''));
    expect(text).not.toMatch(/p[1-5]/);
    expect(records(join(dir, 'logs', 'console.log'))).toEqual([
      expect.objectContaining({ level: 'info', msg: 'saved 554=***|x', draft: { password: '***' }, raw: '554=***|' }),
      expect.objectContaining({ level: 'error', err: expect.objectContaining({ message: 'refused 35=A|554=***|' }) }),
      expect.objectContaining({ level: 'warn', token: '***' }),
    ]);
  });
});
