import type { DictionarySpec, FieldSpec, MemberSpec } from '../../main/fix/codec/dictionary-spec.ts';

/** Picks for a generator: a number in [0, n). */
export type Pick = (n: number) => number;
export type Field = readonly [tag: number, value: string];

const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  STRING: ['x', 'EUR/USD', 'a b', 'r=1'],
  CHAR: ['A', '7'],
  PRICE: ['1.08345', '-0.5', '100'],
  PRICEOFFSET: ['-0.0001'],
  AMT: ['1000.00'],
  QTY: ['1000000', '0.5'],
  PERCENTAGE: ['0.05'],
  FLOAT: ['1.5'],
  INT: ['0', '-7', '42'],
  SEQNUM: ['1', '77'],
  LENGTH: ['9'],
  CURRENCY: ['EUR', 'USD'],
  COUNTRY: ['GB'],
  EXCHANGE: ['XLON'],
  BOOLEAN: ['Y', 'N'],
  MONTHYEAR: ['202603', '20260301', '202603w2'],
  UTCTIMESTAMP: ['20260130-09:30:00', '20260130-09:30:00.123'],
  UTCTIMEONLY: ['09:30:00.123'],
  UTCDATEONLY: ['20260130'],
  LOCALMKTDATE: ['20260131'],
};

/** With | for SOH. */
const DATA = ['x', 'a|b', '10=000|', '|'];

/** Makes messages that a dictionary allows: required members, optional ones by chance, groups of up to three entries, data with SOH in it. */
export class MessageGenerator {
  private readonly fields: ReadonlyMap<number, FieldSpec>;
  private readonly components: ReadonlyMap<string, readonly MemberSpec[]>;
  private readonly pick: Pick;

  constructor(spec: DictionarySpec, pick: Pick) {
    this.fields = new Map(spec.fields.map((field) => [field[0], field]));
    this.components = new Map(spec.components);
    this.pick = pick;
  }

  /** Fields of members in order; an optional one in `oneIn` cases. */
  members(members: readonly MemberSpec[], oneIn: number, depth = 0): Field[] {
    const out: Field[] = [];
    members.forEach((member, i) => {
      const first = depth > 0 && i === 0;
      out.push(...this.member(member, first || this.pick(oneIn) === 0, oneIn, depth, out));
    });
    return out;
  }

  private member(member: MemberSpec, wanted: boolean, oneIn: number, depth: number, before: readonly Field[]): Field[] {
    if (typeof member === 'string') {
      const members = this.components.get(member.replace('!', '')) ?? [];
      return wanted || member.startsWith('!') ? this.members(members, oneIn, depth) : [];
    }
    if (typeof member === 'object') return this.group(member[0], member[1], wanted, oneIn, depth);
    const field = this.fields.get(Math.abs(member));
    if (field === undefined) throw new Error(`tag ${member} is not defined`);
    const [tag, , type] = field;
    // Length and data come together.
    if (type === 'DATA') return [];
    if (!wanted && member > 0) return [];
    if (before.some(([other]) => other === tag)) return [];
    const data = type === 'LENGTH' ? this.dataOf(tag) : null;
    if (data === null) return [[tag, this.value(field)]];
    const value = DATA[this.pick(DATA.length)] ?? 'x';
    return [
      [tag, String(value.length)],
      [data, value],
    ];
  }

  private group(countTag: number, members: readonly MemberSpec[], wanted: boolean, oneIn: number, depth: number): Field[] {
    const required = countTag < 0;
    if (!required && (!wanted || depth > 2)) return [];
    // NoSides(552) counts one or both.
    const counts = this.fields.get(Math.abs(countTag))?.filter((_, i) => i > 2 && i % 2 === 1) ?? [];
    const count = counts.length > 0 ? this.pick(counts.length) + 1 : this.pick(depth > 0 ? 2 : 4) + (required ? 1 : 0);
    const entries = Array.from({ length: count }, () => this.members(members, oneIn * 2, depth + 1));
    return [[Math.abs(countTag), String(count)], ...entries.flat()];
  }

  private dataOf(lengthTag: number): number | null {
    if (lengthTag === 93) return 89;
    return this.fields.get(lengthTag + 1)?.[2] === 'DATA' ? lengthTag + 1 : null;
  }

  private value([, , type, ...enumeration]: FieldSpec): string {
    const values = enumeration.filter((_, i) => i % 2 === 0);
    if (values.length === 0) values.push(...(SAMPLES[type] ?? ['x']));
    const one = (): string => values[this.pick(values.length)] ?? 'x';
    return type === 'MULTIPLEVALUESTRING' && this.pick(2) === 0 ? `${one()} ${one()}` : one();
  }
}
