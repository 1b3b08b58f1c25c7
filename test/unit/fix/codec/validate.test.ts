import { describe, expect, it } from 'vitest';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { MessageView } from '../../../../main/fix/codec/message-view.ts';
import { SESSION_REJECT, validate } from '../../../../main/fix/codec/validate.ts';
import { header, message, wire } from '../../../support/fix-wire.ts';

const dictionary = fix44();
const view = new MessageView(dictionary);

/** `reason tag` of the rejection, or 'good'. Asked twice: the second time a good message's shape is known. */
function verdict(text: string): string {
  const bytes = wire(text);
  const once = (): string => {
    view.parse(bytes, 0, bytes.length);
    const rejection = validate(view, dictionary);
    return rejection === null ? 'good' : `${rejection.reason} ${rejection.refTagId}`;
  };
  const first = once();
  expect(once()).toBe(first);
  return first;
}

const HEAD = header('D', 5);
const ORDER = '11=C1|55=EUR/USD|54=1|60=20260130-09:30:00.123|38=1000000|40=2|44=1.08345|';
const order = (body: string): string => verdict(message(`${HEAD}${body}`));
const SNAPSHOT_HEAD = `${header('W', 6)}262=R1|55=EUR/USD|`;
const snapshot = (group: string): string => verdict(message(`${SNAPSHOT_HEAD}${group}`));
const PARTIES = '453=2|448=A|447=D|452=1|802=2|523=x|803=1|523=y|803=2|448=B|447=D|452=3|';

describe('good messages', () => {
  it.each([
    ['an order', `${HEAD}${ORDER}`],
    [
      'its fields in another order (scenario 15)',
      `${HEAD}40=2|38=1000000|60=20260130-09:30:00.123|54=1|44=1.08345|55=EUR/USD|11=C1|`,
    ],
    ['a Heartbeat without body', header('0', 1)],
    ['a Logon', `${header('A', 1)}98=0|108=30|141=Y|553=me|554=secret|`],
    ['a ResendRequest without end', `${header('2', 1)}7=1|16=0|`],
    [
      'every header field in place',
      `35=0|49=LP|56=DESK|115=A|128=B|34=1|50=s|57=t|116=u|129=v|43=Y|97=N|52=20260130-09:30:00|122=20260130-09:00:00|369=3|`,
    ],
    ['header fields in another order', '35=0|34=1|52=20260130-09:30:00.123|56=DESK|49=LP|'],
    ['a group of the header', `${header('0', 1)}627=2|628=hop1|629=20260130-09:30:00|628=hop2|`],
    ['a signature in the trailer', `${header('0', 1)}112=x|93=3|89=a\x01b|`],
    ['a group', `${SNAPSHOT_HEAD}268=2|269=0|270=1.1|271=5|269=1|270=1.2|`],
    ['a group with 0 entries (scenario 15)', `${SNAPSHOT_HEAD}268=0|`],
    ['groups in groups', `${HEAD}${PARTIES}${ORDER}`],
    ['a nested group with 0 entries', `${HEAD}453=1|448=A|802=0|${ORDER}`],
    ['a user tag that nobody knows (5000–9999)', `${HEAD}${ORDER}5000=x|9999=y|`],
    [
      'user tags in header and group',
      `35=W|49=LP|6000=a|56=DESK|34=6|52=20260130-09:30:00|268=2|6001=x|269=0|6002=y|270=1|269=1|270=2|6003=z|`,
    ],
    ['several values in one field', `${HEAD}${ORDER}18=1 G 6|`],
    ['data with SOH', `${HEAD}${ORDER}354=8|355=a|10=000|`],
    [
      'a MiscFeeType of 10, which the standard calls a char',
      `${header('AE', 1)}571=T|570=N|55=X|32=1|31=1|75=20260130|60=20260130-09:30:00|552=1|54=1|37=O|136=1|137=5|139=10|`,
    ],
  ])('%s', (_name, body) => {
    expect(verdict(message(body))).toBe('good');
  });
});

describe('a: tag not in the dictionary → 0', () => {
  it.each([
    ['in the body', `${ORDER}957=x|`, '0 957'],
    ['beyond the user tags', `${ORDER}10000=x|`, '0 10000'],
    ['below them', `${ORDER}4999=x|`, '0 4999'],
    ['large', `${ORDER}999999999=x|`, '0 999999999'],
    ['too large for a tag', `${ORDER}1000000000=x|`, '0 1000000000'],
    ['tag 0', `${ORDER}0=x|`, '0 0'],
    ['leading zero', `${ORDER}058=x|`, '0 58'],
    ['negative', `${ORDER}-58=x|`, '0 -58'],
    ['letters', `${ORDER}Text=x|`, '0 null'],
    ['digits and letters', `${ORDER}58x=x|`, '0 null'],
    ['no tag', `${ORDER}=x|`, '0 null'],
    ['no =', `${ORDER}58|`, '0 null'],
    ['nothing between two SOH', `${ORDER}|`, '0 null'],
  ])('%s', (_name, body, expected) => expect(order(body)).toBe(expected));

  it('in a group', () => expect(snapshot('268=1|269=0|957=x|270=1|')).toBe('0 957'));
  it('in the header', () => expect(verdict(message('35=0|49=LP|957=x|56=DESK|34=1|52=20260130-09:30:00|'))).toBe('0 957'));
});

describe('b: required tag missing → 1', () => {
  it.each(['49=LP|', '56=DESK|', '34=5|', '52=20260130-09:30:00.123|'])('header: %s', (field) => {
    expect(verdict(message(`${HEAD.replace(field, '')}${ORDER}`))).toBe(`1 ${Number.parseInt(field, 10)}`);
  });
  it.each(['11=C1|', '54=1|', '60=20260130-09:30:00.123|', '40=2|'])('body: %s', (field) => {
    expect(order(ORDER.replace(field, ''))).toBe(`1 ${Number.parseInt(field, 10)}`);
  });
  it('trailer', () => expect(verdict(message(`${HEAD}${ORDER}`).replace(/10=...\|$/, ''))).toBe('1 10'));
  it('a required group', () => expect(snapshot('')).toBe('1 268'));
  it('in an entry: the incremental refresh wants MDUpdateAction', () => {
    const refresh = (group: string): string => verdict(message(`${header('X', 6)}${group}`));
    expect(refresh('268=2|279=0|269=0|270=1|279=1|269=1|270=2|')).toBe('good');
  });
  it('in the middle of an entry and at its end', () => {
    // NoRelatedSym of QuoteRequest needs nothing but its delimiter; NoLegs of NewOrderMultileg neither; list orders need ListSeqNo and Side.
    const list = (entry: string): string => verdict(message(`${header('E', 6)}66=L|394=1|68=1|73=1|${entry}`));
    expect(list('11=C1|67=1|55=EUR/USD|54=1|38=5|')).toBe('good');
    expect(list('11=C1|55=EUR/USD|54=1|38=5|')).toBe('1 67');
    expect(list('11=C1|67=1|55=EUR/USD|38=5|')).toBe('1 54');
    expect(list('11=C1|67=1|55=EUR/USD|')).toBe('1 54');
  });
  it('data without its length before it', () => {
    expect(order(`${ORDER}355=abc|`)).toBe('1 354');
    expect(order(`${ORDER}354=3|58=x|355=abc|`)).toBe('1 354');
  });
});

describe('c: tag not for this message → 2', () => {
  it('is a body field of others', () => expect(order(`${ORDER}98=0|`)).toBe('2 98'));
  it('inside a group', () => expect(snapshot('268=2|269=0|98=0|270=1|269=1|270=2|')).toBe('2 98'));
  it('inside a nested group', () => expect(order(`${PARTIES.replace('803=1|', '803=1|98=0|')}${ORDER}`)).toBe('2 98'));
  it('in a message without body', () => expect(verdict(message(`${header('0', 1)}11=C1|`))).toBe('2 11'));
});

describe('d: tag without a value → 4', () => {
  it('in the body', () => expect(order(ORDER.replace('55=EUR/USD', '55='))).toBe('4 55'));
  it('in the header', () => expect(verdict(message(`${HEAD.replace('49=LP', '49=')}${ORDER}`))).toBe('4 49'));
  it('MsgType', () => expect(verdict(message(`${HEAD.replace('35=D', '35=')}${ORDER}`))).toBe('4 35'));
  it('a user tag', () => expect(order(`${ORDER}6000=|`)).toBe('4 6000'));
  it('in a group', () => expect(snapshot('268=1|269=0|270=|')).toBe('4 270'));
  it('a count', () => expect(snapshot('268=|269=0|')).toBe('4 268'));
  it('data of length 0', () => expect(order(`${ORDER}354=0|355=|`)).toBe('4 355'));
});

describe('e: value not in the enumeration → 5', () => {
  it.each([
    ['one character', ORDER.replace('54=1', '54=Z'), '5 54'],
    ['several characters', `${ORDER}167=NONSENSE|`, '5 167'],
    ['beginning of a value', `${ORDER}167=FUTS|`, '5 167'],
    ['other case', `${ORDER}167=fut|`, '5 167'],
    ['one of several values', `${ORDER}18=1 ~|`, '5 18'],
    ['a number', `${ORDER}854=7|`, '5 854'],
    ['beyond ASCII', ORDER.replace('54=1', '54=\u00ff'), '5 54'],
  ])('%s', (_name, body, expected) => expect(order(body)).toBe(expected));
  it('in a group', () => expect(snapshot('268=1|269=Z|270=1|')).toBe('5 269'));
  it('all good ones pass', () => expect(order(`${ORDER}167=FUT|854=1|18=1 a|`)).toBe('good'));
});

describe('f: wrong format → 6', () => {
  it.each([
    ['price', ORDER.replace('44=1.08345', '44=1,08345'), '6 44'],
    ['quantity', ORDER.replace('38=1000000', '38=1M'), '6 38'],
    ['timestamp', ORDER.replace('60=20260130-09:30:00.123', '60=20260130-09:30'), '6 60'],
    ['boolean', `${ORDER}114=yes|`, '6 114'],
    ['currency', `${ORDER}15=euro|`, '6 15'],
    ['local date', `${ORDER}64=2026-01-31|`, '6 64'],
    ['char', ORDER.replace('54=1', '54=BUY'), '6 54'],
    ['int', `${ORDER}854=one|`, '6 854'],
    ['data length too small', `${ORDER}354=2|355=abc|`, '6 354'],
    ['data length too large', `${ORDER}354=4000|355=abc|`, '6 354'],
    ['data length no number', `${ORDER}354=x|355=abc|`, '6 354'],
    ['data length of ten digits', `${ORDER}354=0000000003|355=abc|`, '6 354'],
  ])('%s', (_name, body, expected) => expect(order(body)).toBe(expected));
  it('a count that is no number', () => expect(snapshot('268=two|269=0|269=1|')).toBe('6 268'));
  it('a negative count', () => expect(snapshot('268=-1|')).toBe('6 268'));
  it('MsgSeqNum', () => expect(verdict(message(`${HEAD.replace('34=5', '34=5x')}${ORDER}`))).toBe('6 34'));
});

describe('g: header, body, trailer out of order → 14', () => {
  it('a header field in the body', () => expect(order(`${ORDER}50=sub|`)).toBe('14 50'));
  it('a required header field after the body began', () => {
    expect(verdict(message(`${HEAD.replace('34=5|', '')}${ORDER}34=5|`))).toBe('14 34');
  });
  it('a body field in the header', () =>
    expect(verdict(message(`35=D|49=LP|11=C1|56=DESK|34=5|52=20260130-09:30:00|${ORDER}`))).toBe('14 56'));
  it('a trailer field in the body', () => expect(order(`93=1|89=x|${ORDER}`)).toBe('14 11'));
  it('a header field in the trailer', () => expect(order(`${ORDER}93=1|89=x|50=s|`)).toBe('14 50'));
  it('a header field inside a group', () => expect(snapshot('268=2|269=0|270=1|50=s|269=1|270=2|')).toBe('14 50'));
  it('a header field after a group', () => expect(snapshot('268=1|269=0|270=1|50=s|')).toBe('14 50'));
});

describe('h: tag repeated → 13', () => {
  it('in the body', () => expect(order(`${ORDER}11=C2|`)).toBe('13 11'));
  it('in the header', () =>
    expect(verdict(message(`35=D|49=LP|49=LP|56=DESK|34=5|52=20260130-09:30:00|${ORDER}`))).toBe('13 49'));
  it('in an entry', () => expect(snapshot('268=1|269=0|270=1|271=5|270=2|')).toBe('13 270'));
  it('a count', () => expect(snapshot('268=1|269=0|55=x|')).toBe('13 55'));
  it('a user tag may repeat: nobody knows its rules', () => expect(order(`${ORDER}6000=x|6000=y|`)).toBe('good'));
});

describe('i: group count wrong → 16', () => {
  it.each([
    ['fewer entries', '268=3|269=0|270=1|269=1|270=2|', '16 268'],
    ['more entries', '268=1|269=0|270=1|269=1|270=2|', '16 268'],
    ['no entries', '268=1|', '16 268'],
    ['entries behind a count of 0', '268=0|269=0|270=1|', '16 268'],
    ['a huge count', '268=999999999999|269=0|270=1|', '16 268'],
  ])('%s', (_name, group, expected) => expect(snapshot(group)).toBe(expected));
  it('of a nested group', () => expect(order(`${PARTIES.replace('802=2', '802=3')}${ORDER}`)).toBe('16 802'));
  it('of the group around it', () => expect(order(`${PARTIES.replace('453=2', '453=3')}${ORDER}`)).toBe('16 453'));
});

describe('group members out of order → 15', () => {
  it.each([
    ['delimiter not first', '268=1|270=1|269=0|', '15 270'],
    ['members in another order', '268=1|269=0|271=5|270=1|', '15 270'],
    ['in the second entry', '268=2|269=0|270=1|269=1|271=5|270=1|', '15 270'],
  ])('%s', (_name, group, expected) => expect(snapshot(group)).toBe(expected));
  it('in a nested group', () => expect(order(`${PARTIES.replace('523=x|803=1', '803=1|523=x')}${ORDER}`)).toBe('15 803'));
  it('a member without its group', () => expect(order(`${ORDER}448=A|`)).toBe('15 448'));
  it('a member of a nested group without it', () => expect(order(`${ORDER}523=A|`)).toBe('15 523'));
});

describe('MsgType', () => {
  it.each(['ZZ', 'a1', 'AAA', 'ORDER', '\u00c4', ' ', 'D '])('%j not in the standard → 11', (msgType) => {
    expect(verdict(message(`${HEAD.replace('35=D', `35=${msgType}`)}${ORDER}`))).toBe('11 35');
  });
  it('missing → 1', () => expect(verdict('8=FIX.4.4|9=5|49=LP|10=000|')).toBe('1 35'));
});

describe('of two faults', () => {
  it('the first in the message is named', () => expect(order(`${ORDER.replace('54=1', '54=Z')}957=x|`)).toBe('5 54'));
  it('what is there is judged before what is missing', () =>
    expect(order(ORDER.replace('11=C1|', '').replace('54=1', '54=Z'))).toBe('5 54'));
});

describe('a known shape', () => {
  const shapes = [
    ['a value', `${SNAPSHOT_HEAD}268=2|269=0|270=1.1|269=1|270=1.2|`, '270=1.2', '270=x.2', '6 270'],
    ['an enumeration', `${SNAPSHOT_HEAD}268=2|269=0|270=1.1|269=1|270=1.2|`, '269=1', '269=~', '5 269'],
    ['an empty value', `${SNAPSHOT_HEAD}268=2|269=0|270=1.1|269=1|270=1.2|`, '270=1.2', '270=', '4 270'],
    ['a count', `${SNAPSHOT_HEAD}268=2|269=0|270=1.1|269=1|270=1.2|`, '268=2', '268=3', '16 268'],
    ['a tag', `${SNAPSHOT_HEAD}268=2|269=0|270=1.1|269=1|270=1.2|`, '262=R1', '263=R1', '2 263'],
  ] as const;
  it.each(shapes)('does not let pass %s that is wrong', (_name, body, from, to, expected) => {
    expect(verdict(message(body))).toBe('good');
    expect(verdict(message(body.replace(from, to)))).toBe(expected);
    expect(verdict(message(body))).toBe('good');
  });

  it('has its group counts, also one that has an enumeration (NoSides)', () => {
    const trade = (sides: number, entries: string): string =>
      verdict(message(`${header('AE', 1)}571=T|570=N|55=X|32=1|31=1|75=20260130|60=20260130-09:30:00|552=${sides}|${entries}`));
    expect(trade(1, '54=1|37=O|')).toBe('good');
    expect(trade(2, '54=1|37=O|')).toBe('16 552');
    expect(trade(2, '54=1|37=O|54=2|37=P|')).toBe('good');
    expect(trade(1, '54=1|37=O|54=2|37=P|')).toBe('16 552');
  });

  it('is not taken for that of another message or dictionary', () => {
    expect(verdict(message(`${header('1', 1)}112=x|`))).toBe('good');
    expect(verdict(message(`${header('5', 1)}112=x|`))).toBe('2 112');
  });
});

it('says why in the words of the standard, with the name of the tag and never its value', () => {
  const bytes = wire(message(`${header('A', 1)}98=0|108=30|141=Y|554=hunter2|95=9|96=x|`));
  view.parse(bytes, 0, bytes.length);
  expect(validate(view, dictionary)).toEqual({
    reason: SESSION_REJECT.IncorrectDataFormat,
    refTagId: 95,
    text: 'Incorrect data format for value: RawDataLength(95)',
  });
});
