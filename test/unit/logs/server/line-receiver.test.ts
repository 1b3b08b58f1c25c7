import { describe, expect, it } from 'vitest';
import { MAX_OPENING_BYTES, openingOf } from '../../../../main/logs/log-wire.ts';
import { LineReceiver } from '../../../../main/logs/server/line-receiver.ts';

const SENT = '{"provider":"LP"}\none\ntwo is longer\n\nfour\nhalf a li';

function received(sizes: readonly number[]): { openings: string[]; lines: string; parts: string[] } {
  const openings: string[] = [];
  const parts: string[] = [];
  const receiver = new LineReceiver(
    (text) => openings.push(text),
    (chunks, bytes) => {
      const part = Buffer.concat(chunks);
      expect(part).toHaveLength(bytes);
      parts.push(part.toString());
    },
  );
  const sent = Buffer.from(SENT);
  let at = 0;
  for (let i = 0; at < sent.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    receiver.push(sent.subarray(at, at + size));
    at += size;
  }
  return { openings, lines: parts.join(''), parts };
}

describe('LineReceiver', () => {
  it.each([[[1]], [[2, 3]], [[7]], [[18]], [[17, 1, 4]], [[1_000]]])(
    'passes on the opening once, and whole lines only, in whatever pieces they come: %j',
    (sizes) => {
      const { openings, lines, parts } = received(sizes);
      expect(openings).toEqual(['{"provider":"LP"}']);
      expect(lines).toBe('one\ntwo is longer\n\nfour\n');
      expect(parts.every((part) => part.endsWith('\n'))).toBe(true);
    },
  );

  it('refuses an opening that is too long, whether or not it ends', () => {
    const receiver = (): LineReceiver =>
      new LineReceiver(
        () => expect.unreachable(),
        () => expect.unreachable(),
      );
    expect(() => receiver().push(Buffer.alloc(MAX_OPENING_BYTES + 1, 'x'))).toThrow('too long');
    expect(() => receiver().push(Buffer.from(`${'x'.repeat(MAX_OPENING_BYTES + 1)}\n`))).toThrow('too long');
    const bytewise = receiver();
    bytewise.push(Buffer.alloc(MAX_OPENING_BYTES, 'x'));
    expect(() => bytewise.push(Buffer.from('x'))).toThrow('too long');
  });
});

it.each([
  ['{"provider":"LP","log":"fix"}', { provider: 'LP', log: 'fix' }],
  ['{"provider":"LP","log":"events","path":"/etc/passwd"}', { provider: 'LP', log: 'events' }],
  ['{"provider":"","log":null}', { provider: '', log: null }],
  ['{"provider":"LP","log":"../fix"}', null],
  ['{"provider":7,"log":"fix"}', null],
  ['{"provider":"LP"}', null],
  ['null', null],
  ['"fix"', null],
  ['{', null],
])('of the opening %s is taken %j', (text, opening) => {
  expect(openingOf(text)).toEqual(opening);
});
