import { describe, expect, it } from 'vitest';
import { compileDictionary } from '../../../../main/fix/codec/compile-dictionary.ts';
import { DictionaryError } from '../../../../main/fix/codec/dictionary-spec.ts';
import { Framer } from '../../../../main/fix/codec/framer.ts';
import { validate } from '../../../../main/fix/codec/validate.ts';
import { framed, header, message, wire } from '../../../support/fix-wire.ts';
import { fix44Xml } from '../../../support/fix44-artefact.ts';

/** FIX 4.4 with what an LP adds: a field with values, a group, data of its own, a message. */
const dialect = fix44Xml()
  .replace(
    '</fields>',
    `<field number='6215' name='SettlTenor' type='STRING'><value enum='SP' description='SPOT'/><value enum='1W' description='ONE_WEEK'/></field>
     <field number='7001' name='NoBands' type='NUMINGROUP'/><field number='7002' name='BandQty' type='QTY'/>
     <field number='7003' name='BandPx' type='PRICE'/>
     <field number='20001' name='BlobLen' type='INT'/><field number='20002' name='Blob' type='DATA'/></fields>`,
  )
  .replace(
    '</messages>',
    `<message name='Bands' msgtype='U1' msgcat='app'><field name='Symbol' required='Y'/><field name='SettlTenor' required='N'/>
       <group name='NoBands' required='Y'><field name='BandQty' required='Y'/><field name='BandPx' required='Y'/></group>
       <field name='BlobLen' required='N'/><field name='Blob' required='N'/></message></messages>`,
  );

describe("an LP's own dialect", () => {
  const dictionary = compileDictionary(dialect);
  const verdict = (body: string): string | null => {
    let text: string | null = 'not found';
    framed([wire(message(`${header('U1', 2)}${body}`))], new Framer(dictionary), (view) => {
      text = validate(view, dictionary)?.text ?? null;
    });
    return text;
  };

  it('has its messages, fields and meanings', () => {
    expect(dictionary.beginString).toBe('FIX.4.4');
    expect(dictionary.message('U1')).toEqual({ msgType: 'U1', name: 'Bands', admin: false });
    expect(dictionary.field(6215)?.meanings.get('1W')).toBe('ONE_WEEK');
    expect(dictionary.message('W')?.name).toBe('MarketDataSnapshotFullRefresh');
  });

  it('is validated by its own rules', () => {
    const good = '55=EUR/USD|6215=1W|7001=2|7002=1|7003=1.1|7002=2|7003=1.2|20001=5|20002=a|10=|';
    expect(verdict(good)).toBeNull();
    expect(verdict(good.replace('6215=1W', '6215=2W'))).toBe('Value is incorrect (out of range) for this tag: SettlTenor(6215)');
    expect(verdict(good.replace('7003=1.1|', ''))).toBe('Required tag missing: BandPx(7003)');
    expect(verdict(good.replace('7001=2', '7001=3'))).toBe('Incorrect NumInGroup count for repeating group: NoBands(7001)');
    expect(verdict(good.replace('7003=1.1', '7003=high'))).toBe('Incorrect data format for value: BandPx(7003)');
  });
});

describe('what is no dictionary is refused in words that name the fault', () => {
  const small = (fields: string, messages: string): string =>
    `<fix major='4' minor='4'><header><field name='Text' required='Y'/></header><trailer/><messages>${messages}</messages>
     <fields><field number='58' name='Text' type='STRING'/>${fields}</fields></fix>`;

  it.each([
    ['no XML', 'Provider=LP1', 'Not a QuickFIX data dictionary'],
    ['empty', '', 'Not a QuickFIX data dictionary'],
    ['other XML', '<html><body/></html>', 'MISSING_FIELDS'],
    ['XML cut off', dialect.slice(0, 5000), 'Not a QuickFIX data dictionary'],
    ['field without number', small("<field name='Own'/>", ''), "Field 'Own' missing or invalid 'number'"],
    ['number twice', small("<field number='58' name='Own' type='INT'/>", ''), 'Duplicate field tag 58'],
    ['unknown member', small('', "<message name='M' msgtype='U1'><field name='Txt'/></message>"), "Did you mean 'Text'"],
    ['unknown component', small('', "<message name='M' msgtype='U1'><component name='C'/></message>"), "Component 'C'"],
    ['unknown element', small('', "<message name='M' msgtype='U1'><feild name='Text'/></message>"), '<feild> at line'],
    ['MsgType too long', small('', "<message name='M' msgtype='UUUUU'/>"), "MsgType 'UUUUU' of M"],
  ])('%s', (_name, xml, words) => {
    expect(() => compileDictionary(xml)).toThrow(DictionaryError);
    expect(() => compileDictionary(xml)).toThrow(words);
  });
});
