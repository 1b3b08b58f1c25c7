import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FixLog } from '../../../../main/engine/log/fix-log.ts';
import { maskSecrets } from '../../../../main/fix/codec/mask-secrets.ts';
import { bytesOf } from '../../../../main/logs/byte-text.ts';
import { parseFixLogLines } from '../../../../main/logs/fix-log-line.ts';

const MORNING = Date.UTC(2026, 0, 31, 9, 30, 0, 123);

let dir: string;
let errors: Error[];
let notes: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vfxlp-log-'));
  errors = [];
  notes = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (options: { maxBytes?: number; keep?: number } = {}, wallMs = MORNING): FixLog =>
  new FixLog(
    { dir, maxBytes: 1e9, keep: 10, ...options, onError: (error) => errors.push(error), onNote: (text) => notes.push(text) },
    wallMs,
  );
const line = (log: FixLog, text: string, direction: 'in' | 'out' = 'in'): void =>
  log.append(direction, Buffer.from(text), 0, text.length);
const current = (): string => readFileSync(join(dir, 'fix.log'), 'utf8');
const rotated = (): string[] =>
  readdirSync(dir)
    .filter((name) => name !== 'fix.log')
    .sort();

describe('FixLog', () => {
  it('writes a line per message, in microseconds, as the tail reads it', () => {
    const log = open();
    log.at(MORNING + 0.456);
    line(log, '8=FIX.4.4\x0135=0\x01');
    log.at(MORNING + 1);
    log.append('out', Buffer.from('..8=FIX\x01..'), 2, 8);
    log.close();
    expect(current()).toBe('2026-01-31T09:30:00.123456Z I 8=FIX.4.4\x0135=0\x01\n2026-01-31T09:30:00.124000Z O 8=FIX\x01\n');
    expect(parseFixLogLines(current().trimEnd().split('\n'), 1)).toMatchObject([
      { direction: 'in', at: '2026-01-31T09:30:00.123456Z' },
      { direction: 'out', text: '8=FIX\x01' },
    ]);
  });

  it('makes one line of one message, whatever is in it, and the reader has its bytes again', () => {
    const log = open();
    const forged = '\n2026-01-31T09:30:00.123457Z O 8=FIX.4.4\x0135=D\x0138=50000000\x0110=000\x01';
    const messages = [
      Buffer.from(`8=FIX.4.4\x0135=3\x0158=so sorry${forged}\x0110=000\x01`),
      Buffer.from('8=FIX.4.4\x0158=\x1b]0;owned\x07\x1b[2J \r\n C:\\x41 \x7f\x0110=000\x01'),
      Buffer.concat([
        Buffer.from('8=FIX.4.4\x0196='),
        Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
        Buffer.from('\x01'),
      ]),
      Buffer.from('8=FIX.4.4\x0158=C:\\x41\x0110=000\x01'),
    ];
    for (const message of messages) log.append('in', message, 0, message.length);
    log.close();
    const file = readFileSync(join(dir, 'fix.log'));
    expect(file.filter((byte) => byte !== 0x01 && byte !== 0x0a && (byte < 0x20 || byte > 0x7e))).toHaveLength(0);
    const lines = parseFixLogLines(file.toString('latin1').trimEnd().split('\n'), 1);
    expect(lines.map(({ direction }) => direction)).toEqual(['in', 'in', 'in', 'in']);
    expect(lines.map(({ text }) => bytesOf(text))).toEqual(messages);
    // Nothing in it needs an escape: as on the wire.
    expect(file.toString('latin1').trimEnd().split('\n').at(-1)?.slice(30)).toBe(messages[3]?.toString('latin1'));
  });

  it('keeps a masked secret masked when what follows it must be escaped', () => {
    const log = open();
    const masked = maskSecrets(Buffer.from('8=FIX.4.4\x0135=3\x0158=bad 554=hunter2\n\x1b925=hunter3\x0110=000\x01'));
    log.append('in', masked, 0, masked.length);
    log.close();
    expect(current()).not.toContain('hunter');
    expect(parseFixLogLines(current().trimEnd().split('\n'), 1)[0]?.text).toBe(
      '8=FIX.4.4\x0135=3\x0158=bad 554=***\x0110=000\x01',
    );
  });

  it('begins a line of its own behind the half line of a process that was ended', () => {
    writeFileSync(join(dir, 'fix.log'), '2026-01-31T09:30:00.000000Z I whole\n2026-01-31T09:30:00.000001Z I ha');
    utimesSync(join(dir, 'fix.log'), new Date(MORNING), new Date(MORNING));
    const log = open();
    line(log, 'next');
    log.close();
    expect(parseFixLogLines(current().trimEnd().split('\n'), 1).map(({ text }) => text)).toEqual(['whole', 'ha', 'next']);
  });

  it('reaches the disk by itself soon after', async () => {
    const log = open();
    line(log, 'soon');
    await vi.waitFor(() => expect(current()).toContain('soon'));
    log.close();
  });

  it('loses and repeats nothing when it is flushed while writes are under way', () => {
    const log = open();
    const texts = Array.from({ length: 3000 }, (_, n) => `${n}`.padEnd(100, '.'));
    for (const [n, text] of texts.entries()) {
      line(log, text);
      if (n % 1000 === 999) log.flushSync();
    }
    log.close();
    const lines = current().trimEnd().split('\n');
    expect(lines.map((text) => text.slice(30))).toEqual(texts);
  });

  it('writes on where it was after a restart, and a line longer than its buffer', () => {
    const first = open();
    line(first, 'before');
    first.close();
    utimesSync(join(dir, 'fix.log'), new Date(MORNING), new Date(MORNING));
    const second = open();
    line(second, 'x'.repeat(200_000));
    line(second, 'after');
    second.close();
    expect(
      current()
        .trimEnd()
        .split('\n')
        .map((text) => text.length),
    ).toEqual([36, 200_030, 35]);
  });

  it('begins a new file at midnight UTC and compresses the old one', async () => {
    const log = open();
    line(log, 'yesterday');
    log.at(MORNING + 86_400_000);
    line(log, 'today');
    log.close();
    expect(current()).toContain('today');
    expect(current()).not.toContain('yesterday');
    await vi.waitFor(() => expect(rotated()).toEqual(['fix.2026-01-31.1.log.gz']));
    expect(gunzipSync(readFileSync(join(dir, 'fix.2026-01-31.1.log.gz'))).toString()).toContain('yesterday');
  });

  it('does so at the start too, when the last line was written on another day', async () => {
    writeFileSync(join(dir, 'fix.log'), 'old\n');
    utimesSync(join(dir, 'fix.log'), new Date(MORNING), new Date(MORNING));
    const log = open({}, MORNING + 2 * 86_400_000);
    log.close();
    await vi.waitFor(() => expect(rotated()).toEqual(['fix.2026-01-31.1.log.gz']));
    expect(current()).toBe('');
  });

  it('finishes the compression that an earlier process was ended in', async () => {
    writeFileSync(join(dir, 'fix.2026-01-30.1.log'), 'whole');
    writeFileSync(join(dir, 'fix.2026-01-30.1.log.gz.part'), 'half');
    open().close();
    await vi.waitFor(() => expect(rotated()).toEqual(['fix.2026-01-30.1.log.gz']));
    expect(gunzipSync(readFileSync(join(dir, 'fix.2026-01-30.1.log.gz'))).toString()).toBe('whole');
  });

  it('begins a new file when the old one is large, and keeps a bounded number', async () => {
    const log = open({ maxBytes: 50_000, keep: 3 });
    for (let n = 0; n < 6; n += 1) {
      line(log, `${n}:`.padEnd(60_000, '.'));
      await vi.waitFor(() => expect(current()).toContain(` ${n}:`));
    }
    log.close();
    await vi.waitFor(() => {
      expect(rotated().every((name) => name.endsWith('.gz'))).toBe(true);
      expect(rotated()).toHaveLength(3);
    });
    expect(current()).toContain(' 5:');
    expect(rotated()).toContain('fix.2026-01-31.5.log.gz');
    expect(errors).toEqual([]);
  });

  it('says once that the disk is full, and goes on', () => {
    symlinkSync('/dev/full', join(dir, 'fix.log'));
    const log = open();
    for (let n = 0; n < 3; n += 1) {
      line(log, 'lost');
      log.flushSync();
    }
    expect(errors.map((error) => error.message)).toEqual([expect.stringContaining('ENOSPC')]);
    log.close();
  });
});
