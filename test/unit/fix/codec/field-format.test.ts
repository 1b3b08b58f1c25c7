import { describe, expect, it } from 'vitest';
import { FORMAT, formatOfType, hasFormat } from '../../../../main/fix/codec/field-format.ts';
import { FIX44_SPEC } from '../../../../main/fix/codec/fix44.generated.ts';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';

/** By type name: values of the type, and values that are not. */
const TYPES: Readonly<Record<string, { good: string[]; bad: string[] }>> = {
  INT: { good: ['0', '-1', '007', '-00', '123456789012345678901'], bad: ['+1', '1.0', '-', '1-', ' 1', '1 ', '0x1', 'a', '1e3'] },
  LENGTH: { good: ['0', '5', '0012'], bad: ['-1', '+1', '1.5', 'x', ' 5'] },
  NUMINGROUP: { good: ['0', '1', '06'], bad: ['-1', '1.0', 'two'] },
  SEQNUM: { good: ['0', '1', '4294967296'], bad: ['-1', '1.0', '1a'] },
  TAGNUM: { good: ['1', '10000'], bad: ['-1', 'x'] },
  DAYOFMONTH: { good: ['1', '09', '31'], bad: ['0', '32', '-1', '001', '1.', 'x'] },
  FLOAT: {
    good: ['1', '-1', '1.5', '0.0001', '.5', '5.', '-.5', '000.10'],
    bad: ['.', '-', '-.', '1,5', '1e5', '+1', '1.2.3', ' 1', 'NaN', '1-'],
  },
  QTY: { good: ['1000000', '0.01', '-5'], bad: ['1M', '1 000', ''.padEnd(2, '.')] },
  PRICE: { good: ['1.08345', '-0.5', '100'], bad: ['1.08/1.09', '1,08'] },
  PRICEOFFSET: { good: ['-0.0001'], bad: ['5bp'] },
  AMT: { good: ['-12.34'], bad: ['$5'] },
  PERCENTAGE: { good: ['0.05'], bad: ['5%'] },
  CHAR: { good: ['A', '1', ' ', '='], bad: ['AB', '10'] },
  BOOLEAN: { good: ['Y', 'N'], bad: ['y', 'n', '1', '0', 'YES', 'T'] },
  STRING: { good: ['a', ' ', 'a=b', 'EUR/USD', 'h\u00e9'], bad: [] },
  MULTIPLEVALUESTRING: { good: ['A', 'A B C', 'AB 1'], bad: [' A', 'A ', 'A  B', ' '] },
  MULTIPLECHARVALUE: { good: ['A', 'A B C'], bad: ['AB', 'A BC', ' A', 'A  B'] },
  COUNTRY: { good: ['US', 'GB'], bad: ['USA', 'us', 'U', '1A'] },
  CURRENCY: { good: ['EUR', 'XAU'], bad: ['EU', 'eur', 'EURO', 'E1R'] },
  EXCHANGE: { good: ['N', 'XLON', '4AXE'], bad: ['X LON', 'X-1'] },
  MONTHYEAR: {
    good: ['202601', '20260131', '202601w1', '202612w5', '20240229'],
    bad: ['202600', '202613', '2026', '20260132', '20230229', '202601w6', '202601w0', '202613w1', '2026-01', '2026011'],
  },
  UTCTIMESTAMP: {
    good: [
      '20260130-09:30:00',
      '20260130-09:30:00.123',
      '20260130-09:30:00.123456',
      '20260130-23:59:60',
      '20240229-00:00:00',
      '00010101-00:00:00',
      '20260130-09:30:00.123456789',
      '20260130-09:30:00.123456789012',
    ],
    bad: [
      '20260130',
      '20260130-09:30',
      '20260130 09:30:00',
      '20260130-9:30:00',
      '20260130-24:00:00',
      '20260130-09:60:00',
      '20260130-09:30:61',
      '20260130-09:30:00.',
      '20260130-09:30:00.1',
      '20260130-09:30:00.12',
      '20260130-09:30:00.1234',
      '20260130-09:30:00,123',
      '20260130-09:30:00.12x',
      '20260230-09:30:00',
      '20261301-09:30:00',
      '20260100-09:30:00',
      '20230229-00:00:00',
      '21000229-00:00:00',
      '20260130-09:30:00Z',
      '2026-01-30T09:30:00',
      '20260130-09:30:00.123456789012345',
    ],
  },
  UTCTIMEONLY: {
    good: ['09:30:00', '09:30:00.000'],
    bad: ['9:30:00', '09:30', '09:30:0', '09:30:00.1', '25:00:00', '09-30:00', '09:30-00'],
  },
  UTCDATEONLY: { good: ['20260130', '20000229'], bad: ['2026013', '202601300', '20260131x', '19000229', '20260431'] },
  LOCALMKTDATE: { good: ['20260130'], bad: ['30012026', '2026/01/30', '260130'] },
  TENOR: { good: ['D5', 'M3', 'W13', 'Y1'], bad: ['5D', 'M', 'SP', 'X1', 'M1.5'] },
  TZTIMEONLY: {
    good: ['07:39Z', '02:39-05', '15:39+08', '13:09+05:30', '07:39:12Z'],
    bad: ['07:39', '7:39Z', '07:39+5', '07:39+25', '07:60Z', '07:39ZZ', '07:39+05:60'],
  },
  TZTIMESTAMP: {
    good: ['20060901-07:39Z', '20060901-02:39-05', '20060901-13:09:00.123+05:30'],
    bad: ['20060901', '20060901-07:39', '20061301-07:39Z', '20060901T07:39Z'],
  },
  LANGUAGE: { good: ['en', 'fr'], bad: ['EN', 'eng', 'e'] },
  DATA: { good: ['a\x01b', '='], bad: [] },
};

describe.each(Object.entries(TYPES))('%s', (type, { good, bad }) => {
  const judge = (value: string): boolean => {
    // Between other bytes: nothing outside the value may count.
    const bytes = Buffer.from(`9${value}9`, 'utf8');
    return hasFormat(formatOfType(type), bytes, 1, bytes.length - 1);
  };
  it.each(good)('has %j', (value) => expect(judge(value)).toBe(true));
  if (bad.length > 0) it.each(bad)('has not %j', (value) => expect(judge(value)).toBe(false));
});

it('has nothing but digits where a date or a time has them', () => {
  const whole = ['20260130-09:30:00.123', '20260130', '09:30:00.123', '202601', '202601w1', '07:39:12+05:30', '20060901-07:39Z'];
  const types = ['UTCTIMESTAMP', 'UTCDATEONLY', 'UTCTIMEONLY', 'MONTHYEAR', 'MONTHYEAR', 'TZTIMEONLY', 'TZTIMESTAMP'];
  whole.forEach((value, i) => {
    for (let at = 0; at < value.length; at++) {
      if (!/\d/.test(value[at] ?? '')) continue;
      // The neighbours of the digits in ASCII, and what else may be taken for a small number.
      for (const char of ['/', ':', ' ', '-', 'a', '\x00']) {
        const bytes = Buffer.from(`9${value.slice(0, at)}${char}${value.slice(at + 1)}9`, 'latin1');
        expect(hasFormat(formatOfType(types[i] ?? ''), bytes, 1, bytes.length - 1), `${types[i]} ${bytes}`).toBe(false);
      }
    }
  });
});

it('covers every data type of FIX 4.4, and none by falling through', () => {
  const types = new Set(FIX44_SPEC.fields.map(([, , type]) => type));
  for (const type of types) {
    expect(Object.keys(TYPES), type).toContain(type);
    if (type !== 'STRING') expect(formatOfType(type), type).not.toBe(FORMAT.Any);
  }
});

it('agrees with the enumerations of the dictionary, but for four values that the standard itself puts in char fields', () => {
  const { formatOf, slotOf } = fix44();
  const wrong = FIX44_SPEC.fields.flatMap(([tag, name, , ...enumeration]) =>
    enumeration
      .filter((_, i) => i % 2 === 0)
      .filter((value) => !hasFormat(formatOf[slotOf[tag] ?? 0] ?? 0, Buffer.from(value), 0, value.length))
      .map((value) => `${name}=${value}`),
  );
  expect(wrong).toEqual(['MiscFeeType=10', 'MiscFeeType=11', 'MiscFeeType=12', 'MassCancelRejectReason=99']);
});
