import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { type DecodedField, decodeMessage } from '../../../../main/fix/codec/inspect.ts';
import { header, message, wire } from '../../../support/fix-wire.ts';

const dictionary = fix44();
const decode = (text: string) => decodeMessage(wire(text), dictionary);

/** The tree as lines: name=value (meaning), entries indented. */
function lines(fields: readonly DecodedField[], indent = ''): string[] {
  return fields.flatMap(({ tag, name, value, meaning, entries }) => [
    `${indent}${name ?? tag}=${value}${meaning === null ? '' : ` (${meaning})`}`,
    ...(entries ?? []).flatMap((entry, i) => [`${indent} #${i + 1}`, ...lines(entry, `${indent}  `)]),
  ]);
}
const tree = (text: string): string[] => lines(decode(text).fields.filter(({ section }) => section === 'body'));

describe('a decoded message', () => {
  it('has its names and meanings, section by section', () => {
    const decoded = decode(message(`${header('D', 5)}11=C1|55=EUR/USD|54=1|60=20260130-09:30:00|38=5|40=2|18=1 G|`));
    expect([decoded.msgType, decoded.name, decoded.admin, decoded.problem]).toEqual(['D', 'NewOrderSingle', false, null]);
    expect(decoded.fields.map(({ section }) => section[0]).join('')).toBe('hhhhhhhbbbbbbbt');
    expect(lines(decoded.fields)).toEqual([
      'BeginString=FIX.4.4',
      'BodyLength=109',
      'MsgType=D (ORDER_SINGLE)',
      'SenderCompID=LP',
      'TargetCompID=DESK',
      'MsgSeqNum=5',
      'SendingTime=20260130-09:30:00.123',
      'ClOrdID=C1',
      'Symbol=EUR/USD',
      'Side=1 (BUY)',
      'TransactTime=20260130-09:30:00',
      'OrderQty=5',
      'OrdType=2 (LIMIT)',
      'ExecInst=1 G (NOT_HELD, ALL_OR_NONE)',
      expect.stringMatching(/^CheckSum=\d{3}$/),
    ]);
  });

  it('has its groups as a tree', () => {
    const parties = '453=2|448=A|447=D|452=1|802=2|523=x|803=1|523=y|448=B|';
    expect(tree(message(`${header('D', 5)}11=C1|${parties}55=EUR/USD|`))).toEqual([
      'ClOrdID=C1',
      'NoPartyIDs=2',
      ' #1',
      '  PartyID=A',
      '  PartyIDSource=D (PROPRIETARY_CUSTOM_CODE)',
      '  PartyRole=1 (EXECUTING_FIRM)',
      '  NoPartySubIDs=2',
      '   #1',
      '    PartySubID=x',
      '    PartySubIDType=1 (FIRM)',
      '   #2',
      '    PartySubID=y',
      ' #2',
      '  PartyID=B',
      'Symbol=EUR/USD',
    ]);
  });

  it('shows a group that breaks the rules as well as it can, and says what is wrong', () => {
    const broken = message(`${header('W', 5)}55=EUR/USD|268=3|270=1|269=0|270=2|`);
    expect(tree(broken)).toEqual([
      'Symbol=EUR/USD',
      'NoMDEntries=3',
      ' #1',
      '  MDEntryPx=1',
      ' #2',
      '  MDEntryType=0 (BID)',
      '  MDEntryPx=2',
    ]);
    expect(decode(broken).problem).toBe('Repeating group fields out of order: MDEntryPx(270)');
  });

  it('shows unknown tags, values and messages as they are', () => {
    const decoded = decode(message(`${header('U9', 5)}6000=x|54=~|77777=y|abc|`));
    expect([decoded.msgType, decoded.name, decoded.admin]).toEqual(['U9', null, false]);
    expect(decoded.problem).toBe('Invalid MsgType: MsgType(35)');
    expect(lines(decoded.fields).slice(7, -1)).toEqual(['6000=x', 'Side=~', '77777=y', '0=']);
  });

  it('masks passwords, quoted ones too', () => {
    const logon = message(`${header('A', 1)}98=0|108=30|553=me|554=hunter2|925=hunter3|`);
    const text = JSON.stringify([
      decode(logon),
      decode(message(`${header('3', 1)}45=1|58=tag 554=hunter2|`)),
      decodeMessage(logon.slice(0, 90).replaceAll('|', '\x01'), dictionary),
    ]);
    expect(text).not.toContain('hunter');
    expect(decode(logon.replace('925=hunter3|', '')).problem).toBeNull();
    expect(text).toContain('"name":"Password","value":"***"');
  });

  it('is read from a string of the log, and from one that is cut off', () => {
    const text = message(`${header('0', 5)}112=abc|`).replaceAll('|', '\x01');
    expect(decodeMessage(text, dictionary)).toEqual(decodeMessage(Buffer.from(text), dictionary));
    expect(lines(decodeMessage(text.slice(0, 60), dictionary).fields).at(-1)).toBe('SendingTime=20260130-09:30:00.');
  });

  it('of anything at all is an answer, not an error', () => {
    expect(decodeMessage('', dictionary)).toEqual({
      msgType: '',
      name: null,
      admin: false,
      fields: [],
      problem: 'Required tag missing: MsgType(35)',
    });
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeMessage(bytes, dictionary).problem).not.toBeNull();
      }),
    );
  });
});
