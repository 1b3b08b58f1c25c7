import { readFileSync } from 'node:fs';
import type { ContainedComponentField } from 'jspurefix/dist/dictionary/contained/contained-component-field.js';
import type { ContainedField } from 'jspurefix/dist/dictionary/contained/contained-field.js';
import { ContainedFieldType } from 'jspurefix/dist/dictionary/contained/contained-field-type.js';
import type { ContainedGroupField } from 'jspurefix/dist/dictionary/contained/contained-group-field.js';
import type { IContainedSet } from 'jspurefix/dist/dictionary/contained/contained-set.js';
import type { ContainedSimpleField } from 'jspurefix/dist/dictionary/contained/contained-simple-field.js';
import { describe, expect, it } from 'vitest';
import { HEADER_CONTEXT, PLACE_GROUP, PLACE_POSITION, TRAILER_CONTEXT } from '../../../../main/fix/codec/context-table.ts';
import { Dictionary } from '../../../../main/fix/codec/dictionary.ts';
import type { DictionarySpec } from '../../../../main/fix/codec/dictionary-spec.ts';
import { fix44 } from '../../../../main/fix/codec/fix44.ts';
import { msgTypeCode } from '../../../../main/fix/codec/msg-type.ts';
import { FIX44_ARTEFACT, fix44Xml, renderFix44 } from '../../../support/fix44-artefact.ts';
import { jspurefixDefinitions } from '../../../support/jspurefix-definitions.ts';

const dictionary = fix44();
const definitions = await jspurefixDefinitions(fix44Xml());

/** The members of a context as the flat tables have them: tag, * when required, members of its group. */
function ours(context: number): unknown[] {
  const { contexts, tagOf } = dictionary;
  const first = contexts.firstMember[context] ?? 0;
  const required = contexts.required.subarray(contexts.firstRequired[context], contexts.firstRequired[context + 1]);
  return Array.from(contexts.memberSlot.subarray(first, contexts.firstMember[context + 1]), (slot, i) => {
    const place = contexts.place[context * contexts.stride + slot] ?? 0;
    expect(place & PLACE_POSITION).toBe(i + 1);
    const tag = `${tagOf[slot]}${required.includes(i + 1) ? '*' : ''}`;
    return (place & PLACE_GROUP) === 0 ? tag : [tag, ...ours(contexts.groupAt(context, i + 1))];
  });
}

/** The same as jspurefix's definitions have it, with components expanded. */
function theirs(set: IContainedSet, required: boolean, inGroup: boolean): unknown[] {
  const members = (field: ContainedField): unknown[] => {
    const mark = required && field.required ? '*' : '';
    if (field.type === ContainedFieldType.Simple) return [`${(field as ContainedSimpleField).definition.tag}${mark}`];
    if (field.type === ContainedFieldType.Group) {
      const { definition } = field as ContainedGroupField;
      return [[`${definition.noOfField?.tag}${mark}`, ...theirs(definition, true, true)]];
    }
    if (field.name === 'StandardHeader' || field.name === 'StandardTrailer') return [];
    return theirs((field as ContainedComponentField).definition, required && field.required, false);
  };
  const flat = set.fields.flatMap(members);
  // A group's delimiter is required in each entry whatever the dictionary says.
  if (inGroup && typeof flat[0] === 'string' && !flat[0].endsWith('*')) flat[0] = `${flat[0]}*`;
  return flat;
}

describe('the committed artefact', () => {
  it('is what jspurefix has today (else: npm run generate:fix44)', () => {
    expect(readFileSync(FIX44_ARTEFACT, 'utf8') === renderFix44()).toBe(true);
  });
});

describe('the flat tables', () => {
  it('have the messages of jspurefix, member by member, group by group', () => {
    const messages = new Set(definitions.message.values());
    expect(messages.size).toBe(93);
    for (const message of messages) {
      const context = dictionary.messageContext(msgTypeCode(message.msgType));
      expect(ours(context), message.name).toEqual(theirs(message, true, false));
      expect(dictionary.message(message.msgType)).toEqual({
        msgType: message.msgType,
        name: message.name,
        admin: message.category === 'admin',
      });
      expect(dictionary.isAdmin(msgTypeCode(message.msgType))).toBe(message.category === 'admin');
    }
  });

  it('have its header and trailer', () => {
    const component = (name: string): IContainedSet => {
      const found = definitions.component.get(name);
      if (found === undefined) throw new Error(`no ${name}`);
      return found;
    };
    expect(ours(HEADER_CONTEXT)).toEqual(theirs(component('StandardHeader'), true, false));
    expect(ours(TRAILER_CONTEXT)).toEqual(theirs(component('StandardTrailer'), true, false));
  });

  it('have its fields, types and enumerations', () => {
    const fields = new Set(definitions.simple.values());
    expect(fields.size).toBe(912);
    for (const field of fields) {
      const info = dictionary.field(field.tag);
      expect(info?.name).toBe(field.name);
      expect(info?.type).toBe(field.type);
      expect([...(info?.meanings ?? [])]).toEqual(
        [...(field.enums ?? [])].map(([value, { description }]) => [value, description]),
      );
      const slot = dictionary.slotOf[field.tag] ?? 0;
      for (const value of field.enums?.keys() ?? []) {
        const bytes = Buffer.from(value, 'latin1');
        expect(dictionary.enums.has(slot, bytes, 0, bytes.length), `${field.name} ${value}`).toBe(true);
        const longer = Buffer.from(`${value}~`, 'latin1');
        expect(dictionary.enums.has(slot, longer, 0, longer.length)).toBe(false);
      }
      expect(dictionary.enums.has(slot, Buffer.from('~'), 0, 1)).toBe(false);
    }
  });
});

it('pairs every data field with the length field before it', () => {
  const pairs = [...dictionary.dataTagOf].flatMap((data, length) => (data === 0 ? [] : [`${length}/${data}`]));
  expect(pairs).toEqual(
    '90/91 93/89 95/96 212/213 348/349 350/351 352/353 354/355 356/357 358/359 360/361 362/363 364/365 445/446 618/619 621/622'.split(
      ' ',
    ),
  );
  for (const pair of pairs) {
    const [length, data] = pair.split('/').map(Number);
    expect(dictionary.lengthTagOf[data ?? 0]).toBe(length);
  }
});

describe('message types', () => {
  it.each(['', 'ZZ', 'a1', 'AAA', 'ABCD', 'ABCDE', '\u00e9'])('%j is unknown', (msgType) => {
    expect(dictionary.message(msgType)).toBeNull();
    expect(dictionary.knows(msgTypeCode(msgType))).toBe(false);
    expect(dictionary.isAdmin(msgTypeCode(msgType))).toBe(false);
  });

  it('of three and four characters are found', () => {
    const own = new Dictionary({ ...spec, messages: [['U01', 'Own', 0, []] as const, ['UABC', 'Longer', 1, []] as const] });
    expect(own.message('U01')?.name).toBe('Own');
    expect(own.message('UABC')).toEqual({ msgType: 'UABC', name: 'Longer', admin: true });
    expect(own.knows(msgTypeCode('U02'))).toBe(false);
  });
});

const spec: DictionarySpec = {
  beginString: 'FIX.4.4',
  fields: [
    [8, 'BeginString', 'STRING'],
    [58, 'Text', 'STRING'],
    [6001, 'NoThings', 'NUMINGROUP'],
  ],
  components: [['Things', [[6001, [58]]]]],
  header: [-8],
  trailer: [],
  messages: [['D', 'Order', 0, ['Things']]],
};

describe('a spec that contradicts itself is refused', () => {
  const cases: [name: string, change: Partial<DictionarySpec>, message: string][] = [
    ['tag defined twice', { fields: [...spec.fields, [58, 'Text2', 'STRING']] }, 'Tag 58 (Text2) is defined twice'],
    ['tag out of range', { fields: [...spec.fields, [1_000_000, 'Big', 'STRING']] }, 'Field Big has number 1000000'],
    ['tag not a number', { fields: [...spec.fields, [Number.NaN, 'None', 'STRING']] }, 'Field None has number NaN'],
    ['member not defined', { messages: [['D', 'Order', 0, [59]]] }, 'Tag 59 in message Order is not defined'],
    [
      'component not defined',
      { messages: [['D', 'Order', 0, ['Parties']]] },
      'Component Parties in message Order is not defined',
    ],
    ['component in itself', { components: [['Things', ['!Things']]] }, 'Component Things contains itself: Things > Things'],
    ['group without members', { components: [['Things', [[6001, []]]]] }, 'Group 6001 has no members'],
    ['MsgType too long', { messages: [['ORDER', 'Order', 0, []]] }, "MsgType 'ORDER' of Order"],
    [
      'MsgType twice',
      {
        messages: [
          ['D', 'Order', 0, []],
          ['D', 'Order2', 0, []],
        ],
      },
      "MsgType 'D' is defined twice",
    ],
  ];
  it.each(cases)('%s', (_name, change, message) => {
    expect(() => new Dictionary({ ...spec, ...change })).toThrow(message);
  });
});
