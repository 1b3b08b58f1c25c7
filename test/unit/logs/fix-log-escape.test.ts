import { describe, expect, it } from 'vitest';
import { bytesOf, textOf } from '../../../main/logs/byte-text.ts';
import { escapeMessage, isPlain, unescapeMessage } from '../../../main/logs/fix-log-escape.ts';

const plain = (bytes: Buffer): boolean => isPlain(bytes, new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length);
const every = Buffer.from(Array.from({ length: 256 }, (_, n) => n));

describe('the escapes of the FIX log', () => {
  it('see every byte that is not plain, at every place of a word', () => {
    for (const byte of every) {
      for (let place = 1; place < 12; place += 1) {
        const message = Buffer.from('8=FIX.4.4\x0135');
        message[place] = byte;
        expect(plain(message), `byte ${byte} at ${place}`).toBe(byte === 1 || (byte >= 0x20 && byte < 0x7f));
      }
    }
  });

  it('are needed by a message that begins as an escaped one does', () => {
    expect(plain(Buffer.from('\\8=FIX'))).toBe(false);
    expect(plain(Buffer.from(''))).toBe(true);
  });

  it('are undone exactly', () => {
    for (const message of [every, Buffer.from('\\'), Buffer.from('a\\x0ab\\\\\n'), Buffer.alloc(0)]) {
      expect(unescapeMessage(escapeMessage(message))).toEqual(message);
    }
  });

  it('leave what a cut has left of one as it stands', () => {
    expect(unescapeMessage(Buffer.from('\\ab\\x0')).toString()).toBe('ab\\x0');
    expect(unescapeMessage(Buffer.from('\\ab\\')).toString()).toBe('ab\\');
  });
});

describe('bytes as text', () => {
  it('come back exactly, and read as UTF-8 where they are', () => {
    const cases = [
      Buffer.from('Zürich €😀'),
      every,
      Buffer.of(0xc2, 0x9b, 0x9b, 0xc2),
      Buffer.of(0xed, 0xb2, 0x80, 0xe2, 0x82),
      Buffer.of(0xf0, 0x9f, 0x98, 0x80, 0xf5, 0xc0, 0x80),
    ];
    for (const bytes of cases) expect(bytesOf(textOf(bytes))).toEqual(bytes);
    expect(textOf(Buffer.from('Zürich €😀'))).toBe('Zürich €😀');
    expect(textOf(Buffer.of(0x61, 0x9b))).toBe('a\udc9b');
  });
});
