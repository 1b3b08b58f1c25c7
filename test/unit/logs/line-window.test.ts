import { describe, expect, it } from 'vitest';
import { LineWindow } from '../../../main/logs/line-window.ts';

const text = Array.from({ length: 10 }, (_, i) => `line ${i} ${'x'.repeat(i)}\n`).join('');

describe('LineWindow', () => {
  it('gives the same lines at every split of the bytes', () => {
    const bytes = Buffer.from(text);
    for (let split = 0; split <= bytes.length; split += 1) {
      const window = new LineWindow(100, 1_000, 1_000_000);
      window.push(bytes.subarray(0, split));
      const before = window.take();
      window.push(bytes.subarray(split));
      const after = window.take();
      expect([...before.lines, ...after.lines].map((line) => `${line}\n`).join('')).toBe(text);
      expect(before.skipped + after.skipped).toBe(0);
    }
  });

  it('gives the same lines byte by byte, an empty line among them', () => {
    const window = new LineWindow(100, 1_000, 1_000_000);
    for (const byte of Buffer.from('a\n\nb\nhalf')) window.push(Buffer.from([byte]));
    expect(window.take()).toEqual({ lines: ['a', '', 'b'], skipped: 0 });
    window.push(Buffer.from(' done\n'));
    expect(window.take().lines).toEqual(['half done']);
  });

  it('keeps the last lines of a burst and counts the others, in one push or in many', () => {
    const one = new LineWindow(3, 1_000, 1_000_000);
    one.push(Buffer.from(text));
    expect(one.take()).toEqual({ lines: ['line 7 xxxxxxx', 'line 8 xxxxxxxx', 'line 9 xxxxxxxxx'], skipped: 7 });
    const many = new LineWindow(3, 1_000, 1_000_000);
    for (let at = 0; at < text.length; at += 7) many.push(Buffer.from(text.slice(at, at + 7)));
    expect(many.take()).toEqual({ lines: ['line 7 xxxxxxx', 'line 8 xxxxxxxx', 'line 9 xxxxxxxxx'], skipped: 7 });
    expect(many.take()).toEqual({ lines: [], skipped: 0 });
  });

  it('cuts a line that is too long, in one push or in many, and says how much more there is', () => {
    const long = `${'x'.repeat(100)}${'y'.repeat(1_234)}`;
    const cut = `${'x'.repeat(100)}… (1,234 bytes more in fix.log)`;
    for (const step of [7, 2_000]) {
      const window = new LineWindow(3, 100, 1_000_000);
      const bytes = Buffer.from(`good\n${long}\nnext\n`);
      for (let at = 0; at < bytes.length; at += step) window.push(bytes.subarray(at, at + step));
      expect(window.take()).toEqual({ lines: ['good', cut, 'next'], skipped: 0 });
    }
  });

  it('cuts no character and no escape of the log in two', () => {
    for (const [text, shown] of [
      ['12345678é and more', '12345678'],
      ['1234567\\x0a and more', '1234567'],
      ['1234567890', '1234567890'.slice(0, 9)],
    ] as const) {
      const window = new LineWindow(3, 9, 1_000);
      window.push(Buffer.from(`${text}\n`));
      expect(window.take().lines[0]?.split('…')[0]).toBe(shown);
    }
  });

  it('keeps so many bytes in all, and counts the lines that they have cost', () => {
    const window = new LineWindow(100, 100, 250);
    for (let n = 0; n < 10; n += 1) window.push(Buffer.from(`${String(n).repeat(100)}\n`));
    const { lines, skipped } = window.take();
    expect(lines.map((line) => line[0])).toEqual(['8', '9']);
    expect(skipped).toBe(8);
  });

  it('loses no line behind a hole of NULs, wherever the bytes are split, and holds none of the hole', () => {
    const bytes = Buffer.concat([Buffer.from('one\nhalf'), Buffer.alloc(20), Buffer.from('two\nthree\n')]);
    for (let split = 0; split <= bytes.length; split += 1) {
      const window = new LineWindow(100, 10, 1_000);
      window.push(bytes.subarray(0, split));
      window.push(bytes.subarray(split));
      expect(window.take().lines.filter((line) => line !== '')).toEqual(['one', 'half', 'two', 'three']);
    }
  });

  it('forgets a half line when its file ends', () => {
    const window = new LineWindow(3, 100, 1_000_000);
    window.push(Buffer.from('half'));
    window.endFile();
    window.push(Buffer.from('new\n'));
    expect(window.take().lines).toEqual(['new']);
  });
});
