import { expect, test } from 'vitest';
import { QuotedSecrets } from '../../../main/engine/quoted-secrets.ts';

const SECRET = 'hunter-two';
const quotes = (...secrets: (string | null)[]): QuotedSecrets => {
  const known = new QuotedSecrets();
  known.add(secrets.length === 0 ? [SECRET] : secrets);
  return known;
};
const log = (known: QuotedSecrets, message: string, direction: 'in' | 'out' = 'in'): string => {
  const bytes = Buffer.from(`..${message}..`);
  return Buffer.from(known.masked(direction, bytes, 2, bytes.length - 2) ?? bytes.subarray(2, -2)).toString();
};
const hear = (known: QuotedSecrets, text: string): void => {
  const bytes = Buffer.from(text);
  known.received(bytes, bytes.length);
};

test('whatever field of a message quotes it, however it came in, the log has it masked; others keep their bytes', () => {
  for (const cut of [1, 5, 12, 20, 22, 30]) {
    const known = quotes();
    const message = `35=B|148=a ${SECRET} b|`;
    for (const part of [message.slice(0, cut), message.slice(cut)]) hear(known, part);
    expect(log(known, message)).toBe('35=B|148=a *** b|');
    hear(known, '35=0|112=x|');
    expect(log(known, '35=0|112=x|')).toBe('35=0|112=x|');
  }
});

test('byte by byte, and behind a long message of which no part quotes it', () => {
  const known = quotes();
  for (const byte of `35=0|112=${SECRET}|`) hear(known, byte);
  expect(log(known, `35=0|112=${SECRET}|`)).toBe('35=0|112=***|');
  hear(known, `35=B|58=${SECRET}`);
  for (let n = 0; n < 5; n += 1) hear(known, 'x'.repeat(100));
  expect(log(known, `35=B|58=${SECRET}${'x'.repeat(500)}|`)).not.toContain(SECRET);
});

test('what goes out is masked, too: a TestReqID comes back', () => {
  expect(log(quotes(), `35=0|112=${SECRET}|`, 'out')).toBe('35=0|112=***|');
});

test('texts of reports are masked, also one that was cut within a secret, and nothing else of them', () => {
  const said = { type: 'timeline', events: [{ event: SECRET, text: `garbled: 8=FIX|553=${SECRET}|${SECRET.slice(0, 6)}` }] };
  expect(quotes().withoutSecrets(said)).toEqual({
    type: 'timeline',
    events: [{ event: SECRET, text: 'garbled: 8=FIX|553=***|***' }],
  });
  const ended = { type: 'disconnected', reason: { code: 'peer-logout', peerText: `bad ${SECRET}!`, detail: SECRET }, nextIn: 1 };
  expect(quotes().withoutSecrets(ended)).toMatchObject({ reason: { peerText: 'bad ***!', detail: '***' }, nextIn: 1 });
});

test('a secret of three characters masks nothing, and one that was changed is still known', () => {
  expect(log(quotes('abc', null), 'abc', 'out')).toBe('abc');
  const known = quotes();
  known.add(['the new one']);
  expect(log(known, `${SECRET} the new one`, 'out')).toBe('*** ***');
});
