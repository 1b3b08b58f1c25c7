import { describe, expect, it } from 'vitest';
import { ascii } from '../../../../main/fix/codec/ascii.ts';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { MessageView } from '../../../../main/fix/codec/message-view.ts';
import { MSG_TYPE, msgTypeCode, msgTypeString } from '../../../../main/fix/codec/msg-type.ts';
import { header, message, wire } from '../../../support/fix-wire.ts';

const view = new MessageView(fix44());

function parsed(text: string): MessageView {
  // Somewhere inside a buffer, as frames are.
  const bytes = wire(`junk${text}8=FIX.4.4|34=99|`);
  view.parse(bytes, 4, 4 + text.length);
  return view;
}

const fields = (of: MessageView): [number, string][] =>
  Array.from({ length: of.count }, (_, i) => [of.tags[i] ?? -1, of.valueString(i).replaceAll('\x01', '|')]);

describe('walking', () => {
  it('gives every field in order', () => {
    expect(fields(parsed('8=FIX.4.4|9=5|35=0|58=a=b|58=|10=000|'))).toEqual([
      [8, 'FIX.4.4'],
      [9, '5'],
      [35, '0'],
      [58, 'a=b'],
      [58, ''],
      [10, '000'],
    ]);
  });

  it('follows the length of data fields', () => {
    expect(fields(parsed('95=7|96=a|10=1||58=x|'))).toEqual([
      [95, '7'],
      [96, 'a|10=1|'],
      [58, 'x'],
    ]);
    expect(view.wrongLength).toBe(-1);
  });

  it.each([
    ['too small', '95=2|96=abc|58=x|'],
    ['too large', '95=999|96=abc|58=x|'],
    ['no number', '95=x|96=abc|58=x|'],
    ['too long', '95=0000000003|96=abc|58=x|'],
    ['empty', '95=|96=abc|58=x|'],
  ])('falls back to SOH where the length is %s, and says where', (_name, text) => {
    expect(fields(parsed(text)).slice(1)).toEqual([
      [96, 'abc'],
      [58, 'x'],
    ]);
    expect(view.wrongLength).toBe(0);
  });

  it('takes a length without its data, and data without its length, as they are', () => {
    expect(fields(parsed('95=3|58=abc|96=de|'))).toEqual([
      [95, '3'],
      [58, 'abc'],
      [96, 'de'],
    ]);
  });

  it('gives malformed fields tag 0', () => {
    expect(fields(parsed('=x|58|a=b|05=x|5x=1||1234567890=y|58=z|'))).toEqual([
      [0, 'x'],
      [0, ''],
      [0, 'b'],
      [0, 'x'],
      [0, '1'],
      [0, ''],
      [0, 'y'],
      [58, 'z'],
    ]);
  });

  it('is empty for bytes that do not end with SOH', () => {
    view.parse(wire('8=FIX.4.4|9=5|35=0'), 0, 18);
    expect(view.count).toBe(0);
    expect([view.msgTypeCode, view.msgSeqNum, view.possDup, view.msgType, view.sendingTimeMs]).toEqual([0, -1, false, '', -1]);
    view.parse(Buffer.alloc(0), 0, 0);
    expect(view.count).toBe(0);
  });

  it('grows to any number of fields', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `${(i % 80) + 1}=${i}|`).join('');
    expect(fields(parsed(many)).length).toBe(5000);
    expect(view.valueString(4999)).toBe('4999');
  });
});

describe('what a session asks of every message', () => {
  it('is read', () => {
    parsed(message(`35=AE|49=LP|56=DESK|34=12|43=Y|97=Y|52=20260130-09:30:00.123|122=20260130-09:29:59|58=x|`));
    expect(view.msgType).toBe('AE');
    expect(view.msgTypeCode).toBe(msgTypeCode('AE'));
    expect(view.msgSeqNum).toBe(12);
    expect(view.possDup).toBe(true);
    expect(view.possResend).toBe(true);
    expect(view.sendingTimeMs).toBe(Date.UTC(2026, 0, 30, 9, 30, 0, 123));
    expect(view.origSendingTimeMs).toBe(Date.UTC(2026, 0, 30, 9, 29, 59));
  });

  it('does not linger from the message before', () => {
    parsed(message(`${header('0', 3)}43=Y|97=Y|122=20260130-09:29:59|`));
    parsed('8=FIX.4.4|9=5|35=1|10=000|');
    expect([view.msgSeqNum, view.possDup, view.possResend, view.sendingTimeMs, view.origSendingTimeMs]).toEqual([
      -1,
      false,
      false,
      -1,
      -1,
    ]);
  });

  it('is the first of several', () => {
    parsed('35=0|34=5|34=6|43=N|43=Y|');
    expect(view.msgSeqNum).toBe(5);
    expect(view.possDup).toBe(false);
  });

  it.each(['', 'x', '-5', '1.0', '5 ', '1234567890123456'])('has no MsgSeqNum in %j', (value) => {
    expect(parsed(`35=0|34=${value}|`).msgSeqNum).toBe(-1);
  });

  it('knows MsgSeqNums beyond 32 bits', () => {
    expect(parsed('35=0|34=123456789012345|').msgSeqNum).toBe(123_456_789_012_345);
  });

  it.each(['20260130-09:30', '', 'now', '19691231-23:59:59.999', '19691231-00:00:00', '00010101-00:00:00', '20260230-00:00:00'])(
    'has no time in %j',
    (value) => {
      expect(parsed(`35=0|52=${value}|`).sendingTimeMs).toBe(-1);
    },
  );

  it.each([
    ['19700101-00:00:00', 0],
    ['20240229-23:59:59.999', Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
    ['20260130-09:30:00.123456', Date.UTC(2026, 0, 30, 9, 30, 0, 123)],
    ['99991231-23:59:59.999', Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
    ['20261231-23:59:60', Date.UTC(2027, 0, 1)],
  ])('has the time of %s', (value, ms) => {
    expect(parsed(`35=0|52=${value}|`).sendingTimeMs).toBe(ms);
  });
});

describe('fields by tag', () => {
  it('are found, read, or missing', () => {
    parsed('35=0|108=030|7=-5|58=caf\u00c3\u00a9|141=Y|60=20260130-09:30:00|44=1.5|');
    expect(view.find(108)).toBe(1);
    expect(view.find(109)).toBe(-1);
    expect(view.has(7)).toBe(true);
    expect(view.int(108)).toBe(30);
    expect(view.int(7)).toBe(-5);
    expect(view.int(44)).toBeNull();
    expect(view.int(999)).toBeNull();
    expect(view.string(58)).toBe('caf\u00e9');
    expect(view.string(999)).toBeNull();
    expect(view.flag(141)).toBe(true);
    expect(view.flag(999)).toBe(false);
    expect(view.utcTimestampMs(60)).toBe(Date.UTC(2026, 0, 30, 9, 30));
    expect(view.utcTimestampMs(999)).toBe(-1);
  });

  it('are compared without a string', () => {
    parsed('49=LP|56=DESK|');
    expect(view.equalsAscii(view.find(49), ascii('LP'))).toBe(true);
    expect(view.equalsAscii(view.find(49), ascii('L'))).toBe(false);
    expect(view.equalsAscii(view.find(49), ascii('LPX'))).toBe(false);
    expect(view.equalsAscii(view.find(49), ascii('LQ'))).toBe(false);
    expect(view.equalsAscii(-1, ascii('LP'))).toBe(false);
  });
});

describe('at the edges', () => {
  it('the first field is one like the others', () => {
    expect(parsed('34=7|').msgSeqNum).toBe(7);
    expect(parsed('43=Y|').possDup).toBe(true);
    expect(parsed('97=Y|').possResend).toBe(true);
    expect(parsed('52=20260130-09:30:00|').sendingTimeMs).toBe(Date.UTC(2026, 0, 30, 9, 30));
    expect(view.sendingTimeInSeconds).toBe(true);
    parsed('108=30|');
    expect([view.has(108), view.int(108), view.string(108), view.utcTimestampMs(108)]).toEqual([true, 30, '30', -1]);
    expect(parsed('122=20260130-09:30:00|').origSendingTimeMs).toBe(Date.UTC(2026, 0, 30, 9, 30));
  });

  it.each(['YY', 'Y ', 'N', 'y', ''])('%j is no Y', (value) => {
    parsed(`35=0|43=${value}|97=${value}|141=${value}|`);
    expect([view.possDup, view.possResend, view.flag(141)]).toEqual([false, false, false]);
  });

  it('a SendingTime is in seconds only where it is there, and has no fraction', () => {
    expect(parsed('35=0|52=20260130-09:30:00|').sendingTimeInSeconds).toBe(true);
    expect(parsed('35=0|52=20260130-09:30:00.1|').sendingTimeInSeconds).toBe(false);
    expect(parsed('35=0|52=20260130-09:30|').sendingTimeInSeconds).toBe(false);
    expect(parsed('35=20260130-09:30:00|').sendingTimeInSeconds).toBe(false);
  });

  it.each([
    ['19700101-00:00:00', '19700101-00:00:01', true],
    ['19700101-00:00:01', '19700101-00:00:00', false],
    ['20260130-09:30:00', '20260130-09:30:00.999', false],
    ['20260130-09:30:00.999', '20260130-09:30:00', false],
    ['20260130-09:30:00.998', '20260130-09:30:00.999', true],
    ['20260130-09:30:00.9', '20260130-09:30:00.8999', false],
    ['nonsense', '20260130-09:30:01', false],
    ['20260130-09:30:00', 'nonsense', false],
  ])('SendingTime %s is before OrigSendingTime %s: %s', (sending, original, before) => {
    expect(parsed(`35=0|52=${sending}|122=${original}|`).sentBeforeOriginal).toBe(before);
    expect(parsed(`35=0|122=${original}|52=${sending}|`).sentBeforeOriginal).toBe(before);
  });

  it('a tag has nine digits at most, and a length too', () => {
    expect(parsed('123456789=x|').tags[0]).toBe(123_456_789);
    expect(parsed('1234567890=x|').tags[0]).toBe(0);
    expect(parsed('95=000000001|96=x|').wrongLength).toBe(-1);
    expect(parsed('95=0000000001|96=x|').wrongLength).toBe(0);
    expect(parsed('95=x|96=x|').wrongLength).toBe(0);
    expect(parsed('95=5|96=x|354=9|355=y|').wrongLength).toBe(0);
    expect(parsed('35=B|95=1|96=x|354=9|355=y|').wrongLength).toBe(3);
  });

  it('what is written for a tag is known as it stands there', () => {
    parsed('007=x|-5=x|5x=x|x5=x|58|1234567890123456=x|=x|');
    expect(Array.from({ length: 7 }, (_, index) => view.writtenTag(index))).toEqual(['007', '-5', null, null, null, null, null]);
  });

  it('a message may have any number of fields', () => {
    for (const count of [255, 256, 257, 1_000]) {
      parsed('58=x|'.repeat(count));
      expect([view.count, view.tags[count - 1], view.valueString(count - 1)]).toEqual([count, 58, 'x']);
    }
  });

  it('a MsgType is of ASCII up to 0x7F', () => {
    expect(parsed('35=\x7f|').msgTypeCode).toBe(0x7f);
    expect(view.msgType).toBe('\x7f');
    expect(parsed('35=\x80|').msgTypeCode).toBe(0);
    expect(parsed('58=x|').msgTypeCode).toBe(0);
    expect(view.msgType).toBe('');
  });

  it('nothing is no message', () => {
    for (const text of ['', '35=0']) expect(parsed(text).count).toBe(0);
  });
});

describe('MsgType codes', () => {
  it.each(['0', 'A', 'j', 'AE', 'BH', 'U12', 'ABCD'])('%s is itself again', (msgType) => {
    expect(msgTypeString(msgTypeCode(msgType))).toBe(msgType);
    expect(parsed(`35=${msgType}|`).msgTypeCode).toBe(msgTypeCode(msgType));
    expect(view.msgType).toBe(msgType);
  });
  it('differ', () => {
    expect(new Set(Object.values(MSG_TYPE)).size).toBe(Object.keys(MSG_TYPE).length);
  });
  it('of what cannot be one are 0, and the text is still there for people', () => {
    expect(parsed('35=ABCDE|').msgTypeCode).toBe(0);
    expect(view.msgType).toBe('ABCDE');
    expect(parsed('35=\u00c3\u00a9|').msgTypeCode).toBe(0);
    expect(view.msgType).toBe('\u00e9');
  });
});
