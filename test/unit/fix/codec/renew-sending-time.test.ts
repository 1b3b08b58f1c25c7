import { describe, expect, it } from 'vitest';
import { Encoder } from '../../../../main/fix/codec/encode.ts';
import { renewSendingTime } from '../../../../main/fix/codec/renew-sending-time.ts';

const MADE_MS = Date.UTC(2026, 0, 30, 23, 59, 59, 250);
const OLD_MS = 10_000;
const encoder = new Encoder({ beginString: 'FIX.4.4', senderCompId: 'US', targetCompId: 'LP' });
const news = (sendingTimeMs: number, text: string): Buffer =>
  Buffer.from(encoder.begin('B', 7, sendingTimeMs).string(148, text).finish());

describe('the SendingTime of a message that has waited', () => {
  it.each(['x', 'a longer headline', '52=', '€'])('is that of now, and all else as it was (%s)', (text) => {
    const nowMs = MADE_MS + OLD_MS;
    const message = news(MADE_MS, text);
    renewSendingTime(message, nowMs, OLD_MS);
    expect(message.toString('latin1')).toBe(news(nowMs, text).toString('latin1'));
  });

  it('stays while it is not old', () => {
    const message = news(MADE_MS, 'x');
    renewSendingTime(message, MADE_MS + OLD_MS - 1, OLD_MS);
    expect(message.toString('latin1')).toBe(news(MADE_MS, 'x').toString('latin1'));
  });

  it('does not make a damaged message look whole', () => {
    const message = news(MADE_MS, 'x');
    const damaged = news(MADE_MS, 'y');
    const renewed = news(MADE_MS + OLD_MS, 'x');
    damaged.set(message.subarray(-4), damaged.length - 4);
    renewSendingTime(damaged, MADE_MS + OLD_MS, OLD_MS);
    expect(damaged.subarray(-4)).toEqual(renewed.subarray(-4));
    expect(damaged.toString('latin1')).toContain('52=20260131-00:00:09.250\x01148=y\x01');
  });

  it.each([
    'not a message at all',
    '8=FIX.4.4\x0135=B\x0152=20260130-23:59:59.250',
    '8=FIX.4.4\x0135=B\x0152=20260130-23:59:59.250999\x0158=x\x0110=000\x01',
    '8=FIX.4.4\x0135=B\x0152=2026?130-23:59:59.250\x0158=x\x0110=000\x01',
    '8=FIX.4.4\x0135=B\x0158=a damaged one, without a time\x0110=000\x01',
  ])('is left alone in what no encoder of ours wrote: %j', (text) => {
    const bytes = Buffer.from(text, 'latin1');
    renewSendingTime(bytes, MADE_MS + OLD_MS, OLD_MS);
    expect(bytes.toString('latin1')).toBe(text);
  });
});
