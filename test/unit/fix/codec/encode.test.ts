import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodeError, Encoder } from '../../../../main/fix/codec/encode.ts';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { Framer } from '../../../../main/fix/codec/framer.ts';
import { validate } from '../../../../main/fix/codec/validate.ts';
import { framed, message, shown } from '../../../support/fix-wire.ts';

const US = { beginString: 'FIX.4.4', senderCompId: 'DESK', targetCompId: 'LP' };
const AT = Date.UTC(2026, 0, 30, 9, 30, 0, 7);

describe('a message', () => {
  it('has BodyLength, CheckSum and the standard header, then the body in order', () => {
    const sent = new Encoder(US).begin('A', 1, AT).int(98, 0).int(108, 30).bool(141, true).string(553, 'me').finish();
    expect(shown(sent)).toBe(message('35=A|49=DESK|56=LP|34=1|52=20260130-09:30:00.007|98=0|108=30|141=Y|553=me|'));
  });

  it('has every header field where the standard has it', () => {
    const encoder = new Encoder({ ...US, senderSubId: 'fx', targetSubId: 'rfs' });
    const sent = encoder
      .begin('8', 12, AT, {
        possDup: { origSendingTimeMs: AT - 5 },
        possResend: true,
        routing: [
          [145, 'l'],
          [129, 'v'],
          [144, 'o'],
          [116, 'u'],
          [128, 'B'],
          [115, 'A'],
        ],
      })
      .finish();
    expect(shown(sent)).toBe(
      message(
        '35=8|49=DESK|56=LP|115=A|128=B|34=12|50=fx|57=rfs|116=u|144=o|129=v|145=l|43=Y|97=Y|52=20260130-09:30:00.007|122=20260130-09:30:00.002|',
      ),
    );
  });

  it('begins a value with any character', () => {
    const sent = new Encoder(US).begin('B', 1, AT).string(148, '\u20ac5').finish();
    expect(sent.includes(Buffer.from('\x01148=\u20ac5\x01', 'utf8'))).toBe(true);
  });

  it('leaves out empty sub ids', () => {
    const sent = new Encoder({ ...US, senderSubId: '', targetSubId: null }).begin('0', 1, AT).finish();
    expect(shown(sent)).toBe(message('35=0|49=DESK|56=LP|34=1|52=20260130-09:30:00.007|'));
  });

  it('carries every kind of field', () => {
    const sent = new Encoder(US)
      .begin('B', 1, AT)
      .string(148, 'h\u00e9llo \u20ac')
      .int(33, -0)
      .int(1, -1_234_567_890_123)
      .int(2, Number.MAX_SAFE_INTEGER)
      .bool(114, false)
      .utcTimestamp(42, 0)
      .bytes(58, Buffer.from('xxabcxx'), 2, 5)
      .data(95, 96, Buffer.from('a\x01b'))
      .fields([
        [5000, 'u'],
        [5001, 'v'],
      ])
      .finish();
    const body = Buffer.from('h\u00e9llo \u20ac', 'utf8').toString('latin1');
    expect(shown(sent)).toBe(
      message(
        `35=B|49=DESK|56=LP|34=1|52=20260130-09:30:00.007|148=${body}|33=0|1=-1234567890123|2=9007199254740991|114=N|42=19700101-00:00:00.000|58=abc|95=3|96=a|b|5000=u|5001=v|`,
      ),
    );
  });

  it('of any size is written, and the buffer is used again', () => {
    const encoder = new Encoder(US);
    const large = encoder.begin('B', 1, AT).string(148, 'x'.repeat(300_000)).finish();
    expect(shown(large)).toBe(message(`35=B|49=DESK|56=LP|34=1|52=20260130-09:30:00.007|148=${'x'.repeat(300_000)}|`));
    const small = encoder.begin('0', 2, AT).finish();
    expect(shown(small)).toBe(message('35=0|49=DESK|56=LP|34=2|52=20260130-09:30:00.007|'));
    expect(small.buffer).toBe(large.buffer);
  });

  it('of every size round that of the buffer is written whole, with its CheckSum', () => {
    // Fresh encoders: the buffer is 4096 bytes at first, and any part of a message may be what does not fit any more.
    const last: [field: string, write: (encoder: Encoder) => unknown][] = [
      ['148=x|', (e) => e.string(148, 'x')],
      ['33=9007199254740991|', (e) => e.int(33, Number.MAX_SAFE_INTEGER)],
      ['42=20260130-09:30:00.007|', (e) => e.utcTimestamp(42, AT)],
      [`96=${'y'.repeat(40)}|`, (e) => e.bytes(96, Buffer.alloc(40, 'y'))],
    ];
    for (const [field, write] of last) {
      for (let length = 3950; length < 4050; length++) {
        const text = 'x'.repeat(length);
        const encoder = new Encoder(US).begin('B', 1, AT).string(58, text);
        write(encoder);
        expect(shown(encoder.finish()).slice(-60)).toBe(
          message(`35=B|49=DESK|56=LP|34=1|52=20260130-09:30:00.007|58=${text}|${field}`).slice(-60),
        );
      }
    }
  });

  it('has a BodyLength of seven digits at most', () => {
    const head = '35=B|49=DESK|56=LP|34=1|52=20260130-09:30:00.007|58=|'.length;
    const filled = (bodyLength: number): Encoder =>
      new Encoder(US).begin('B', 1, AT).bytes(58, Buffer.alloc(bodyLength - head, 'x'));
    const largest = shown(filled(9_999_999).finish());
    expect(largest.slice(0, 25)).toBe('8=FIX.4.4|9=9999999|35=B|');
    expect(() => filled(10_000_000).finish()).toThrow(new EncodeError(9, 'a body of 10000000 bytes is too large'));
  });

  it('has those routing fields that it is given', () => {
    const sent = new Encoder(US).begin('8', 1, AT, { routing: [[129, 'v']] }).finish();
    expect(shown(sent)).toBe(message('35=8|49=DESK|56=LP|34=1|129=v|52=20260130-09:30:00.007|'));
  });

  it.each([0, 1, Date.UTC(1999, 11, 31, 23, 59, 59, 999), Date.UTC(2024, 1, 29), Date.UTC(9999, 11, 31, 23, 59, 59, 999)])(
    'writes time %d as it is',
    (ms) => {
      const iso = new Date(ms).toISOString();
      const expected = `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 23)}`;
      expect(shown(new Encoder(US).begin('0', 1, ms).finish())).toContain(`|52=${expected}|`);
    },
  );
});

describe('a value that cannot be sent is refused with its tag', () => {
  const encoder = new Encoder(US);
  const empty = 'a field cannot be empty; leave it out';
  const soh = 'the value contains SOH, which would end the field; send it in a data field';
  const attempts: [name: string, attempt: (e: Encoder) => unknown, text: string][] = [
    ['empty', (e) => e.string(58, ''), `Tag 58: ${empty}`],
    ['with SOH', (e) => e.string(58, 'a\x0135=D'), `Tag 58: ${soh}`],
    ['with SOH behind other characters', (e) => e.string(58, '\u20ac\x01'), `Tag 58: ${soh}`],
    ['bytes with SOH', (e) => e.bytes(58, Buffer.from('a\x01')), `Tag 58: ${soh}`],
    ['no bytes', (e) => e.bytes(58, Buffer.alloc(0)), `Tag 58: ${empty}`],
    ['no data', (e) => e.data(95, 96, Buffer.alloc(0)), `Tag 96: ${empty}`],
    ['fraction', (e) => e.int(108, 1.5), 'Tag 108: 1.5 is not an integer'],
    ['not a number', (e) => e.int(108, Number.NaN), 'Tag 108: NaN is not an integer'],
    ['time before 1970', (e) => e.utcTimestamp(60, -1), 'Tag 60: -1 is not a time in whole epoch milliseconds'],
    ['no time', (e) => e.utcTimestamp(60, Number.NaN), 'Tag 60: NaN is not a time in whole epoch milliseconds'],
    ['in a list', (e) => e.fields([[58, '']]), `Tag 58: ${empty}`],
  ];
  it.each(attempts)('%s', (_name, attempt, text) => {
    const started = encoder.begin('B', 1, AT);
    expect(() => attempt(started)).toThrow(EncodeError);
    expect(() => attempt(started)).toThrow(text);
  });

  it('and leaves the message as it was', () => {
    const started = encoder.begin('B', 1, AT).string(148, 'h');
    for (const [name, attempt] of attempts) if (name !== 'no data') expect(() => attempt(started)).toThrow(EncodeError);
    expect(shown(started.finish())).toBe(message('35=B|49=DESK|56=LP|34=1|52=20260130-09:30:00.007|148=h|'));
  });

  it('also in the identity', () => {
    expect(() => new Encoder({ ...US, senderCompId: '' })).toThrow('Tag 49');
    expect(() => new Encoder({ ...US, targetCompId: 'a\x01b' })).toThrow('Tag 56');
  });
});

describe('resend (scenario 8)', () => {
  const later = AT + 60_000;
  const now = '20260130-09:31:00.007';
  const resent = (body: string): string => {
    const stored = Buffer.from(`??${message(body).replaceAll('|', '\x01')}??`, 'latin1');
    return shown(new Encoder(US).resend(stored, 2, stored.length - 2, later));
  };
  const head = '35=D|49=DESK|56=LP|34=7|';
  const orig = '52=20260130-09:30:00.007|';

  it('adds 43 and 122, renews 52, and leaves all else as it was and where it was', () => {
    const body = '11=C1|55=EUR/USD|54=1|38=5|40=2|95=6|96=a|52=b|6000=z|';
    expect(resent(`${head}50=fx|57=rfs|${orig}${body}`)).toBe(
      message(`${head}50=fx|57=rfs|43=Y|52=${now}|122=20260130-09:30:00.007|${body}`),
    );
  });

  it('keeps PossResend behind PossDupFlag', () => {
    expect(resent(`${head}97=Y|${orig}11=C|`)).toBe(message(`${head}43=Y|97=Y|52=${now}|122=20260130-09:30:00.007|11=C|`));
  });

  it('of a message that was stored as a possible duplicate has one 43 and one 122', () => {
    expect(resent(`${head}43=Y|97=Y|${orig}122=20260130-09:00:00.000|11=C|`)).toBe(
      message(`${head}43=Y|97=Y|52=${now}|122=20260130-09:30:00.007|11=C|`),
    );
    expect(resent(`${head}43=N|${orig}11=C|`)).toBe(message(`${head}43=Y|52=${now}|122=20260130-09:30:00.007|11=C|`));
  });

  it('of a message without body', () => {
    expect(resent(`35=0|49=DESK|56=LP|34=7|${orig}`)).toBe(
      message(`35=0|49=DESK|56=LP|34=7|43=Y|52=${now}|122=20260130-09:30:00.007|`),
    );
  });

  it('of bytes that are no message of ours is a damaged store, and said so', () => {
    const encoder = new Encoder(US);
    const bytes = (text: string): Buffer => Buffer.from(text.replaceAll('|', '\x01'), 'latin1');
    for (const text of ['', '8=FIX.4.4|', `8=FIX.4.4|9=5|${head}11=C|10=000|`, `8=FIX.4.4|9=5|${head}${orig}11=C|12=0000|`]) {
      const damaged = bytes(text);
      expect(() => encoder.resend(damaged, 0, damaged.length, later), text).toThrow('Stored message has no');
    }
  });

  it('of a message that is cut off anywhere is a damaged store too', () => {
    const encoder = new Encoder(US);
    const whole = Buffer.from(message(`${head}97=Y|${orig}122=20260130-09:00:00.000|11=C|`).replaceAll('|', '\x01'), 'latin1');
    for (let end = 0; end < whole.length; end++) {
      const cut = whole.subarray(0, end);
      expect(() => encoder.resend(cut, 0, end, later), `${end} bytes`).toThrow('Stored message has no');
      // The bytes behind are those of another message.
      expect(() => encoder.resend(whole, 0, end, later), `${end} of ${whole.length} bytes`).toThrow('Stored message has no');
    }
  });

  it('of a message whose SendingTime has lost its end sends no other one', () => {
    const damaged = Buffer.from(message(`${head}${orig}`).replace('.007|10=', '.00710=').replaceAll('|', '\x01'), 'latin1');
    expect(() => new Encoder(US).resend(damaged, 0, damaged.length, later)).toThrow(
      'Stored message has no CheckSum(10) at its end',
    );
  });

  it('is the same as any message is, field by field', () => {
    const value = fc.string({ unit: fc.constantFrom('a', '=', '4', '3', '5', '2', ' '), minLength: 1, maxLength: 20 });
    const field = fc.tuple(fc.integer({ min: 5000, max: 9999 }), value);
    fc.assert(
      fc.property(fc.array(field, { maxLength: 20 }), fc.nat(1_000_000), fc.boolean(), (body, number, possResend) => {
        const encoder = new Encoder(US);
        const stored = Buffer.from(encoder.begin('U1', number, AT, { possResend }).fields(body).finish());
        const again = shown(encoder.resend(stored, 0, stored.length, later));
        const [before, after] = [shown(stored), again].map((text) =>
          text.split('|').filter((part) => !/^(9|10|43|52|122)=/.test(part)),
        );
        expect(after).toEqual(before);
        expect(framed([Buffer.from(again.replaceAll('|', '\x01'), 'latin1')]).found).toEqual([again]);
      }),
    );
  });
});

it('round trip: what is encoded is framed, walked and valid', () => {
  const dictionary = fix44();
  const framer = new Framer(dictionary);
  const encoder = new Encoder(US);
  fc.assert(
    fc.property(
      fc.nat(0xffff_ffff),
      fc.nat(4_102_444_800_000),
      fc.string({ minLength: 1 }).filter((text) => !text.includes('\x01')),
      fc.uint8Array({ minLength: 1 }),
      (number, ms, text, data) => {
        framer.append(encoder.begin('B', number, ms).string(148, text).int(33, 1).string(58, text).data(95, 96, data).finish());
        expect(framer.next()).toBe(true);
        const { view } = framer;
        expect(validate(view, dictionary)).toBeNull();
        expect([view.msgType, view.msgSeqNum, view.sendingTimeMs, view.string(148)]).toEqual(['B', number, ms, text]);
        const index = view.find(96);
        expect(Uint8Array.from(view.buffer.subarray(view.valueStarts[index], view.valueEnds[index]))).toEqual(data);
      },
    ),
  );
});
