import { describe, expect, it } from 'vitest';
import { LineWindow } from '../../../main/logs/line-window.ts';

const text = Array.from({ length: 10 }, (_, i) => `line ${i} ${'x'.repeat(i)}\n`).join('');

describe('LineWindow', () => {
  it('gives the same lines at every split of the bytes', () => {
    const bytes = Buffer.from(text);
    for (let split = 0; split <= bytes.length; split += 1) {
      const window = new LineWindow(100, 1_000);
      window.push(bytes.subarray(0, split));
      const before = window.take();
      window.push(bytes.subarray(split));
      const after = window.take();
      expect([...before.lines, ...after.lines].map((line) => `${line}\n`).join('')).toBe(text);
      expect(before.skipped + after.skipped).toBe(0);
    }
  });

  it('gives the same lines byte by byte, an empty line among them', () => {
    const window = new LineWindow(100, 1_000);
    for (const byte of Buffer.from('a\n\nb\nhalf')) window.push(Buffer.from([byte]));
    expect(window.take()).toEqual({ lines: ['a', '', 'b'], skipped: 0 });
    window.push(Buffer.from(' done\n'));
    expect(window.take().lines).toEqual(['half done']);
  });

  it('keeps the last lines of a burst and counts the others, in one push or in many', () => {
    const one = new LineWindow(3, 1_000);
    one.push(Buffer.from(text));
    expect(one.take()).toEqual({ lines: ['line 7 xxxxxxx', 'line 8 xxxxxxxx', 'line 9 xxxxxxxxx'], skipped: 7 });
    const many = new LineWindow(3, 1_000);
    for (let at = 0; at < text.length; at += 7) many.push(Buffer.from(text.slice(at, at + 7)));
    expect(many.take()).toEqual({ lines: ['line 7 xxxxxxx', 'line 8 xxxxxxxx', 'line 9 xxxxxxxxx'], skipped: 7 });
    expect(many.take()).toEqual({ lines: [], skipped: 0 });
  });

  it('does not hold a line without end, and counts it as skipped', () => {
    const window = new LineWindow(3, 100);
    window.push(Buffer.from('good\n'));
    for (let i = 0; i < 50; i += 1) window.push(Buffer.alloc(10, 'x'));
    window.push(Buffer.from('tail\nnext\n'));
    expect(window.take()).toEqual({ lines: ['good', 'next'], skipped: 1 });
  });

  it('forgets a half line when its file ends', () => {
    const window = new LineWindow(3, 100);
    window.push(Buffer.from('half'));
    window.endFile();
    window.push(Buffer.from('new\n'));
    expect(window.take().lines).toEqual(['new']);
  });
});
