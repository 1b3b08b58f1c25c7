import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dictionary } from '../../../../main/fix/codec/dictionary.ts';
import { FIX44_SPEC } from '../../../../main/fix/codec/fix44.generated.ts';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { MessageView } from '../../../../main/fix/codec/message-view.ts';
import { type Rejection, validate } from '../../../../main/fix/codec/validate.ts';
import { framed, header, message, wire } from '../../../support/fix-wire.ts';
import { type Field, MessageGenerator, type Pick } from '../../../support/generated-message.ts';

const dictionary = fix44();
const text = (fields: readonly Field[]): string => fields.map(([tag, value]) => `${tag}=${value}|`).join('');
const runs = { numRuns: 25 };

/** A body that the dictionary allows, by the choices of fast-check. */
const body = (pick: Pick, msgType: string): Field[] => {
  const spec = FIX44_SPEC.messages.find(([candidate]) => candidate === msgType);
  return new MessageGenerator(FIX44_SPEC, pick).members(spec?.[3] ?? [], 4);
};
const picks = fc.infiniteStream(fc.nat(0xffff)).map(
  (numbers): Pick =>
    (n) =>
      (numbers.next().value ?? 0) % n,
);

function judge(bytes: Buffer, by: Dictionary = dictionary): Rejection | null {
  const view = new MessageView(by);
  view.parse(bytes, 0, bytes.length);
  return validate(view, by);
}

describe.each(FIX44_SPEC.messages.map(([msgType, name]) => [msgType, name] as const))('%s %s', (msgType) => {
  it('is good as the dictionary has it, and framed whatever its data contains', () => {
    fc.assert(
      fc.property(picks, (pick) => {
        const sent = message(`${header(msgType, 7)}${text(body(pick, msgType))}`);
        let verdict: Rejection | null = null;
        const { found } = framed([wire(sent)], undefined, (view) => {
          verdict = validate(view, dictionary);
        });
        expect(found).toEqual([sent]);
        expect(verdict, sent).toBeNull();
      }),
      runs,
    );
  });
});

const anyMessage = fc
  .tuple(fc.constantFrom(...FIX44_SPEC.messages.map(([msgType]) => msgType)), picks)
  .map(([msgType, pick]) => ({ msgType, fields: body(pick, msgType) }))
  .filter(({ fields }) => fields.length > 0);

describe('a good message with one fault', () => {
  const check = (
    name: string,
    fault: (fields: Field[], at: number) => Field[] | null,
    expected: (tag: number) => number[],
  ): void => {
    it(name, () => {
      fc.assert(
        fc.property(anyMessage, fc.nat(), ({ msgType, fields }, where) => {
          const at = where % fields.length;
          const changed = fault([...fields], at);
          fc.pre(changed !== null);
          const rejection = judge(wire(message(`${header(msgType, 7)}${text(changed)}`)));
          expect(expected(fields[at]?.[0] ?? 0), text(changed)).toContain(rejection?.reason);
        }),
        { numRuns: 500 },
      );
    });
  };
  const put = (fields: Field[], at: number, ...field: Field[]): Field[] => [
    ...fields.slice(0, at),
    ...field,
    ...fields.slice(at),
  ];
  const isLengthOrData = (tag: number): boolean => dictionary.dataTagOf[tag] !== 0 || dictionary.lengthTagOf[tag] !== 0;

  check(
    'an unknown tag → 0',
    (fields, at) => (isLengthOrData(fields[at]?.[0] ?? 0) ? null : put(fields, at, [4444, 'x'])),
    () => [0],
  );
  check(
    'a header tag in the body → 14',
    (fields, at) => (isLengthOrData(fields[at]?.[0] ?? 0) ? null : put(fields, at + 1, [50, 'x'])),
    () => [14],
  );
  check(
    'an empty value → 4',
    (fields, at) => {
      const [tag] = fields[at] as Field;
      return isLengthOrData(tag) ? null : fields.map((field, i) => (i === at ? [tag, ''] : field));
    },
    () => [4],
  );
  check(
    'a tag of other messages → 2',
    (fields, at) =>
      isLengthOrData(fields[at]?.[0] ?? 0) || fields.some(([tag]) => tag === 98) ? null : put(fields, at, [98, '0']),
    () => [2],
  );
  check(
    'the same field again → 13, or a fault of its group',
    (fields, at) => (isLengthOrData(fields[at]?.[0] ?? 0) ? null : put(fields, at + 1, fields[at] as Field)),
    () => [13, 15, 16, 1],
  );
});

it('a known shape changes no verdict: values changed at random are judged as if the shape were new', () => {
  // The same tables as another object: a shape learnt with it is not known for the first one.
  const other = new Dictionary(FIX44_SPEC);
  const values = fc.constantFrom(
    '',
    '0',
    '1',
    '2',
    '3',
    '-1',
    '1.5',
    '1.5.5',
    'Y',
    'y',
    'A',
    '~',
    'EUR',
    '20260130',
    '20260130-09:30:00',
    'x y',
    'é',
  );
  fc.assert(
    fc.property(
      anyMessage,
      fc.array(fc.tuple(fc.nat(), values), { minLength: 1, maxLength: 3 }),
      ({ msgType, fields }, changes) => {
        const good = wire(message(`${header(msgType, 7)}${text(fields)}`));
        const changed = [...fields];
        for (const [where, value] of changes) {
          const at = where % fields.length;
          changed[at] = [fields[at]?.[0] ?? 0, value];
        }
        const bytes = wire(message(`${header(msgType, 7)}${text(changed)}`));
        expect(judge(good, other)).toBeNull();
        const asNew = judge(bytes);
        expect(judge(good)).toBeNull();
        expect(judge(bytes)).toEqual(asNew);
      },
    ),
    { numRuns: 1500 },
  );
});

it('bytes changed at random never throw, and give the same answer twice', () => {
  const change = fc.record({ at: fc.nat(), byte: fc.constantFrom(1, 0x3d, 0x30, 0x39, 0x41, 0xff, 0x2d, 0x2e, 0x20) });
  fc.assert(
    fc.property(anyMessage, fc.array(change, { minLength: 1, maxLength: 4 }), ({ msgType, fields }, changes) => {
      const bytes = wire(message(`${header(msgType, 7)}${text(fields)}`));
      for (const { at, byte } of changes) bytes[at % (bytes.length - 1)] = byte;
      expect(judge(bytes)).toEqual(judge(bytes));
    }),
    { numRuns: 1000 },
  );
});
