import { describe, expect, it } from 'vitest';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { Framer } from '../../../../main/fix/codec/framer.ts';
import type { GarbledReason } from '../../../../main/fix/codec/garbled.ts';
import { framed, header, heartbeat, message, shown, summed, wire } from '../../../support/fix-wire.ts';

const bytewise = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));
const good = [heartbeat(1), message(`${header('B', 2)}148=News|33=1|58=a|95=10|96=x|10=123|y|`), heartbeat(3)];

describe('a clean stream', () => {
  const stream = wire(good.join(''));

  it('is cut into its messages', () => {
    const { found, garbled, framer } = framed([stream]);
    expect(found).toEqual(good);
    expect(garbled).toBe(0);
    expect(framer.lastGarbled).toBeNull();
  });

  it('byte by byte gives the same', () => {
    const { found, garbled } = framed(bytewise(stream));
    expect(found).toEqual(good);
    expect(garbled).toBe(0);
  });

  it('split in two at every point gives the same', () => {
    for (let at = 0; at <= stream.length; at++) {
      const { found, garbled } = framed([stream.subarray(0, at), stream.subarray(at)]);
      expect(found, `split at ${at}`).toEqual(good);
      expect(garbled).toBe(0);
    }
  });

  it('has its fields walked while it is framed', () => {
    const values: (string | null)[] = [];
    framed(bytewise(stream), undefined, (view) => values.push(`${view.msgType} ${view.msgSeqNum} ${view.string(96)}`));
    expect(values).toEqual(['0 1 null', 'B 2 x\x0110=123\x01y', '0 3 null']);
  });

  it('takes a part of a chunk when told so', () => {
    const framer = new Framer(fix44());
    framer.append(wire(`??${good[0]}??`), 2, 2 + (good[0] as string).length);
    expect(framer.next()).toBe(true);
    expect(framer.next()).toBe(false);
    expect(framer.garbledCount).toBe(0);
  });

  it('takes the beginning or the end of a chunk when told so', () => {
    const [whole] = good as [string];
    for (const [chunk, start, end] of [
      [wire(`${whole}??`), 0, whole.length],
      [wire(`??${whole}`), 2, 2 + whole.length],
    ] as const) {
      const framer = new Framer(fix44());
      framer.append(chunk, start, end);
      expect([framer.next(), framer.next(), framer.garbledCount]).toEqual([true, false, 0]);
    }
  });

  it('may have the longest BeginString that there is', () => {
    const longest = summed(`8=FIX.4.4.4.4.4.4|9=${header('0', 1).length}|${header('0', 1)}`);
    expect(framed([wire(longest)]).found).toEqual([longest]);
  });

  it('of another BeginString is framed all the same: the session judges it', () => {
    const body = header('0', 1);
    const fixt = summed(`8=FIXT.1.1|9=${body.length}|${body}`);
    expect(framed([wire(fixt)]).found).toEqual([fixt]);
  });
});

const body = header('1', 9);
const BAD: readonly [name: string, bad: string, reason: GarbledReason][] = [
  ['MsgType before BodyLength', summed(`8=FIX.4.4|35=1|9=${body.length}|${body.slice(5)}`), 'body-length-format'],
  ['something between BeginString and BodyLength', summed(`8=FIX.4.4|58=x|9=${body.length}|${body}`), 'body-length-format'],
  ['MsgType not third', message(`49=LP|35=1|${body.slice(11)}`), 'msg-type-not-third'],
  ['another field than BodyLength', summed(`8=FIX.4.4|7=${body.length}|${body}`), 'body-length-format'],
  ['BodyLength without =', summed(`8=FIX.4.4|9:${body.length}|${body}`), 'body-length-format'],
  ['BodyLength with a colon in it', summed(`8=FIX.4.4|9=6:|${body}`), 'body-length-format'],
  ['45 in the place of MsgType', message(body.replace('35=', '45=')), 'msg-type-not-third'],
  ['36 in the place of MsgType', message(body.replace('35=', '36=')), 'msg-type-not-third'],
  ['354 in the place of MsgType', message(body.replace('35=', '354=')), 'msg-type-not-third'],
  ['CheckSum with a colon in it', `8=FIX.4.4|9=${body.length}|${body}10=1:2|`, 'check-sum-format'],
  ['BeginString of one character too many', summed(`8=FIX.4.4.4.4.4.45|9=${body.length}|${body}`), 'begin-string'],
  ['BeginString not closed', `8=FIX.4.4-and-so-on-and-on|9=${body.length}|${body}10=000|`, 'begin-string'],
  ['BodyLength empty', summed(`8=FIX.4.4|9=|${body}`), 'body-length-format'],
  ['BodyLength not a number', summed(`8=FIX.4.4|9=6x|${body}`), 'body-length-format'],
  ['BodyLength negative', summed(`8=FIX.4.4|9=-5|${body}`), 'body-length-format'],
  ['BodyLength of eleven digits', summed(`8=FIX.4.4|9=00000000061|${body}`), 'body-length-format'],
  ['BodyLength 999999999', summed(`8=FIX.4.4|9=999999999|${body}`), 'body-length-too-large'],
  ['BodyLength 0', summed(`8=FIX.4.4|9=0|${body}`), 'body-length-wrong'],
  ['BodyLength one too small', summed(`8=FIX.4.4|9=${body.length - 1}|${body}`), 'body-length-wrong'],
  ['BodyLength one too large', summed(`8=FIX.4.4|9=${body.length + 1}|${body}`), 'body-length-wrong'],
  ['BodyLength large, yet possible', summed(`8=FIX.4.4|9=900000|${body}`), 'body-length-wrong'],
  [
    'BodyLength that ends in the next CheckSum',
    summed(`8=FIX.4.4|9=${body.length + 7 + heartbeat(7).length - 7}|${body}`),
    'body-length-wrong',
  ],
  ['CheckSum wrong', `8=FIX.4.4|9=${body.length}|${body}10=999|`, 'check-sum-wrong'],
  [
    'CheckSum off by 256',
    summed(`8=FIX.4.4|9=${body.length}|${body}`).replace(/10=(\d+)\|$/, (_, sum) => `10=${Number(sum) + 256}|`),
    'check-sum-wrong',
  ],
  ['CheckSum of two digits', `8=FIX.4.4|9=${body.length}|${body}10=12|`, 'check-sum-format'],
  ['CheckSum of four digits', `8=FIX.4.4|9=${body.length}|${body}10=0012|`, 'check-sum-format'],
  ['CheckSum not digits', `8=FIX.4.4|9=${body.length}|${body}10=1 2|`, 'check-sum-format'],
  ['CheckSum missing', `8=FIX.4.4|9=${body.length}|${body}`, 'body-length-wrong'],
  ['CheckSum not last', message(`${body}10=123|58=x|`), 'body-length-wrong'],
  ['message cut off at a field', message(body).slice(0, 40 + message(body).slice(40).indexOf('|') + 1), 'body-length-wrong'],
  ['message cut off in a value', message(body).slice(0, 40), 'body-length-wrong'],
  ['message cut off in the head', '8=FIX.4.4|9=', 'body-length-format'],
];

describe('a garbled message', () => {
  it.each(BAD)('%s: is skipped, counted, explained; the next good message is found', (_name, bad, reason) => {
    const stream = wire(`${good[0]}${bad}${good[1]}${good[2]}`);
    const whole = framed([stream]);
    expect(whole.found).toEqual(good);
    expect(whole.garbled).toBe(1);
    expect(whole.framer.lastGarbled?.reason).toBe(reason);
    expect(bad.startsWith(whole.framer.lastGarbled?.excerpt.slice(0, bad.length) ?? 'nothing')).toBe(true);
    expect(whole.framer.lastGarbled?.text).not.toBe('');

    const inPieces = framed(bytewise(stream));
    expect(inPieces.found).toEqual(good);
    expect(inPieces.garbled).toBe(1);
    expect(inPieces.framer.lastGarbled).toEqual(whole.framer.lastGarbled);
  });

  it.each(BAD)('%s: at the end of what has come does not hold up the message that comes next', (_name, bad) => {
    const framer = new Framer(fix44());
    framed([wire(bad)], framer);
    expect(framed([wire(heartbeat(5))], framer).found).toEqual([heartbeat(5)]);
  });

  it('whose BeginString is not first is skipped in two stretches: what is before it, and it', () => {
    const stream = wire(`${good[0]}${summed(`9=${body.length}|8=FIX.4.4|${body}`)}${good[1]}`);
    for (const chunks of [[stream], bytewise(stream)]) {
      const { found, garbled, framer } = framed(chunks);
      expect(found).toEqual(good.slice(0, 2));
      expect(garbled).toBe(2);
      expect(framer.lastGarbled?.reason).toBe('body-length-format');
    }
  });

  it('shows no password in its excerpt', () => {
    const { framer } = framed([wire(`${message(`${header('A', 1)}98=0|108=30|554=hunter2|`).replace('98=0', '98=1')}`)]);
    expect(framer.lastGarbled?.excerpt).toContain('|554=***|');
    expect(framer.lastGarbled?.excerpt).not.toContain('hunter2');
  });

  it('with a wrong CheckSum does not bring to light a message inside its data', () => {
    const inner = heartbeat(99);
    const outer = message(`${header('B', 2)}148=x|33=1|58=y|95=${inner.length}|96=${inner}|`);
    const broken = outer.replace('148=x', '148=z');
    expect(framed([wire(`${broken}${heartbeat(3)}`)]).found).toEqual([heartbeat(3)]);
    expect(framed([wire(`${outer}${heartbeat(3)}`)]).found).toEqual([outer, heartbeat(3)]);
  });

  it('that swallowed the head of the next one gives it back', () => {
    const cutOff = message(`${header('D', 2)}58=${'x'.repeat(60)}|`).slice(0, 70);
    expect(framed([wire(`${cutOff}${heartbeat(3)}`)]).found).toEqual([heartbeat(3)]);
  });
});

describe('rubbish', () => {
  it('of 1 MB with every byte value loses no message and counts as one, in chunks of any size', () => {
    const rubbish = Buffer.alloc(1_048_576);
    for (let i = 0, x = 1; i < rubbish.length; i++) {
      x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
      rubbish[i] = x >>> 24;
    }
    const stream = Buffer.concat([wire(heartbeat(1)), rubbish, wire(heartbeat(2)), rubbish, wire(heartbeat(3))]);
    for (const size of [stream.length, 65_536, 1_000, 7]) {
      const pieces = function* () {
        for (let at = 0; at < stream.length; at += size) yield stream.subarray(at, at + size);
      };
      const { found, garbled, framer } = framed(pieces());
      expect(found).toEqual([heartbeat(1), heartbeat(2), heartbeat(3)]);
      expect(garbled).toBe(2);
      expect(framer.lastGarbled?.reason).toBe('not-fix');
    }
  });
});

describe('memory', () => {
  it('is not reserved on the word of BodyLength', () => {
    const framer = new Framer(fix44());
    const before = framer.buffer.length;
    framed([wire(`8=FIX.4.4|9=999999999|${body}`), wire('8=FIX.4.4|9=1000000|35=B|')], framer);
    expect(framer.buffer.length).toBe(before);
  });

  it('stays within 2 × (maxMessageBytes + chunk) whatever comes', () => {
    const framer = new Framer(fix44(), 100_000);
    const chunk = Buffer.alloc(10_000, 'x');
    framed([wire('8=FIX.4.4|9=99000|35=B|58=')], framer);
    for (let i = 0; i < 500; i++) framed([chunk], framer);
    expect(framer.buffer.length).toBeLessThanOrEqual(2 * (100_000 + chunk.length));
    expect(framed([wire(`|${heartbeat(4)}`)], framer).found).toEqual([heartbeat(4)]);
  });

  it('has room for a message of maxMessageBytes, and for no larger one', () => {
    const around = message(`${header('B', 1)}58=|`).length;
    const size = 70_000;
    const text = (length: number): string => 'y'.repeat(length);
    const exact = message(`${header('B', 1)}58=${text(size - around - 3)}|`);
    expect(exact.length).toBe(size);
    const fits = framed([wire(exact)], new Framer(fix44(), size));
    expect(fits.found).toEqual([exact]);
    const tooSmall = framed([wire(exact), wire(heartbeat(2))], new Framer(fix44(), size - 1));
    expect(tooSmall.found).toEqual([heartbeat(2)]);
    expect(tooSmall.framer.lastGarbled?.reason).toBe('body-length-too-large');
  });
});

describe('a message larger than the limit', () => {
  const limit = 4_096;
  const seen = (...chunks: string[]): string | null => framed(chunks.map(wire), new Framer(fix44(), limit)).framer.tooLarge;

  it('is known by its BodyLength, however little of it is there', () => {
    const announced = 'a message of 4115 bytes is announced';
    expect(seen('8=FIX.4.4|9=4091|')).toBe(announced);
    expect(seen(heartbeat(1), '8=FIX.4.4|9=40', '91|35=B|58=x')).toBe(announced);
    expect(seen('8=FIX.4.4|9=4072|35=B|58=x')).toBeNull();
  });

  it('is none where a CheckSum or the next message belies the BodyLength', () => {
    expect(seen(summed(`8=FIX.4.4|9=999999999|${body}`))).toBeNull();
    expect(seen(`8=FIX.4.4|9=999999999|${body}${heartbeat(1)}`)).toBeNull();
  });

  it('is known by the bytes that came without a message, not by all bytes that were skipped', () => {
    const rubbish = 'x'.repeat(limit);
    expect(seen(rubbish, heartbeat(1), rubbish, heartbeat(2))).toBeNull();
    expect(seen(rubbish, 'x', heartbeat(1))).toBe('more than 4096 bytes came without a message in them');
    expect(seen(...Array.from({ length: limit }, () => '8=FIX.4.4|9=80|'))).toContain('without a message');
  });

  it('is forgotten with the connection', () => {
    const { framer } = framed([wire('8=FIX.4.4|9=9999|35=B|')], new Framer(fix44(), limit));
    expect(framer.tooLarge).not.toBeNull();
    framer.reset();
    expect(framer.tooLarge).toBeNull();
  });
});

it('forgets what is pending when it is reset', () => {
  const framer = new Framer(fix44());
  framed([wire(heartbeat(1).slice(0, 30))], framer);
  framer.reset();
  expect(framed([wire(heartbeat(2))], framer).found).toEqual([heartbeat(2)]);
  expect(framer.garbledCount).toBe(0);
  expect(shown(framer.buffer.subarray(framer.frameStart, framer.frameEnd))).toBe(heartbeat(2));
});
