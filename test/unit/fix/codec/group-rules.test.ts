import { describe, expect, it } from 'vitest';
import { Dictionary } from '../../../../main/fix/codec/dictionary.ts';
import type { FieldSpec } from '../../../../main/fix/codec/dictionary-spec.ts';
import { FIX44_SPEC } from '../../../../main/fix/codec/fix44.generated.ts';
import { MessageView } from '../../../../main/fix/codec/message-view.ts';
import { validate } from '../../../../main/fix/codec/validate.ts';
import { header, message, wire } from '../../../support/fix-wire.ts';

/** Fields of an LP's own: the last one has a number beyond those of FIX 4.4 and of what is prepared for them. */
const OWN: FieldSpec[] = [
  [7001, 'NoThings', 'NUMINGROUP'],
  [7002, 'Thing', 'STRING'],
  [7003, 'ThingPx', 'PRICE'],
  [7004, 'NoNests', 'NUMINGROUP'],
  [7005, 'Nest', 'STRING'],
  [7006, 'Blob', 'DATA'],
  ...Array.from({ length: 200 }, (_, i): FieldSpec => [7100 + i, `Own${i}`, 'INT']),
];
const LAST_OWN = 7299;

const dictionary = new Dictionary({
  ...FIX44_SPEC,
  fields: [...FIX44_SPEC.fields, ...OWN],
  components: [...FIX44_SPEC.components, ['Nests', [[7004, [7005, 'Nests']]]]],
  messages: [
    ...FIX44_SPEC.messages,
    // The members of its group stand behind it, too.
    ['U1', 'Things', 0, [[7001, [7002, 7003]], 7002, 7003]],
    ['U2', 'Nested', 0, ['Nests', 58]],
    ['U3', 'Own', 0, [-LAST_OWN, 58, 7006]],
  ],
});

/** `reason tag` of the rejection, or 'good'. */
function verdict(msgType: string, body: string): string {
  return judged(message(`${header(msgType, 5)}${body}`));
}

function judged(text: string): string {
  const view = new MessageView(dictionary);
  const bytes = wire(text);
  view.parse(bytes, 0, bytes.length);
  const rejection = validate(view, dictionary);
  return rejection === null ? 'good' : `${rejection.reason} ${rejection.refTagId}`;
}

describe('a field that may stand in a group and behind it', () => {
  it.each([
    ['the delimiter after the last entry that was counted', '7001=1|7002=a|7002=b|', 'good'],
    ['and as an entry before that', '7001=2|7002=a|7002=b|', 'good'],
    ['another member that the entry has already', '7001=1|7002=a|7003=1|7003=2|', 'good'],
    ['behind a group without entries', '7001=0|7003=1|', 'good'],
    ['behind too few entries', '7001=2|7002=a|7003=1|7003=2|', '16 7001'],
  ])('%s', (_name, body, expected) => expect(verdict('U1', body)).toBe(expected));
});

describe('entries', () => {
  const list = (...entries: string[]): string => verdict('E', `66=L|394=1|68=1|73=${entries.length}|${entries.join('')}`);
  const snapshot = (group: string): string => verdict('W', `262=R1|55=EUR/USD|${group}`);

  it('have what is required, each of them', () => {
    const good = '11=C1|67=1|55=EUR/USD|54=1|38=5|';
    expect(list(good, good.replace('C1', 'C2'))).toBe('good');
    expect(list(good.replace('54=1|', ''), good)).toBe('1 54');
    expect(list('11=C1|67=1|', good)).toBe('1 54');
  });

  it('may be ten and more', () => {
    expect(snapshot(`268=12|${'269=0|270=1|'.repeat(12)}`)).toBe('good');
    expect(snapshot(`268=21|${'269=0|270=1|'.repeat(12)}`)).toBe('16 268');
  });

  it('behind a count of 0 are too many, whichever field they begin with', () => {
    expect(snapshot('268=0|270=1|')).toBe('16 268');
    expect(snapshot('268=0|269=1|')).toBe('16 268');
  });

  it('do not repeat what stands in the entry before', () => {
    expect(verdict('8', '453=2|448=A|802=1|523=x|803=1|448=B|802=1|803=1|523=y|')).toBe('15 803');
  });

  it('that end the message leave no other field to be read', () => {
    const untrailed = (body: string): string => judged(message(`${header('W', 5)}${body}`).replace(/10=...\|$/, ''));
    expect(untrailed('262=R1|55=EUR/USD|268=1|269=0|270=1|')).toBe('1 10');
    expect(untrailed('262=R1|55=EUR/USD|268=2|269=0|270=1|')).toBe('16 268');
  });
});

describe('user tags', () => {
  it('that the dictionary has for other messages are let through, as often as they come', () => {
    expect(verdict('0', '7002=a|7003=1|7002=b|112=x|')).toBe('good');
    expect(verdict('W', '55=X|268=1|269=0|7002=a|270=1|7002=b|')).toBe('good');
  });

  it('have a value, in groups too', () => {
    expect(verdict('W', '55=X|268=1|269=0|6000=|270=1|')).toBe('4 6000');
    expect(verdict('W', '55=X|268=1|269=0|7002=|270=1|')).toBe('4 7002');
    expect(verdict('0', '7002=|')).toBe('4 7002');
  });

  it('end no check of what follows', () => {
    expect(verdict('0', '6000=x|98=0|')).toBe('2 98');
    expect(verdict('0', '7002=x|98=0|')).toBe('2 98');
    expect(verdict('W', '55=X|268=1|269=0|6000=x|270=high|')).toBe('6 270');
  });
});

describe('a dictionary that nests groups in themselves', () => {
  const nested = (levels: number, behind = ''): string => verdict('U2', `${'7004=1|7005=x|'.repeat(levels)}${behind}`);

  it('is followed to 31 levels, and no further', () => {
    expect(nested(31)).toBe('good');
    expect(nested(31, '58=x|')).toBe('good');
    expect(nested(32)).toBe('15 7004');
    expect(nested(1000)).toBe('15 7004');
  });

  it('is searched for a member without end', () => {
    expect(nested(1, '98=0|')).toBe('2 98');
    expect(verdict('U2', '45=1|')).toBe('2 45');
  });
});

describe('a dictionary with more fields than FIX 4.4', () => {
  it('has the same rules for the last of them', () => {
    expect(verdict('U3', `${LAST_OWN}=1|`)).toBe('good');
    expect(verdict('U3', '')).toBe(`1 ${LAST_OWN}`);
    expect(verdict('U3', `${LAST_OWN}=1|${LAST_OWN}=2|`)).toBe(`13 ${LAST_OWN}`);
  });

  it('may have data without a length, which then ends at SOH', () => {
    expect(verdict('U3', `${LAST_OWN}=1|7006=abc|`)).toBe('good');
  });
});
