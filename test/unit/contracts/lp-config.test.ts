import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { bare, rangeOf, rangeSentence } from '../../../main/contracts/config-rules.ts';
import { columnOf, lpDraftSchema, problemsOf } from '../../../main/contracts/lp-config.ts';
import { checkDraft } from '../../../main/lp-config/lp-draft.ts';
import { draftShape, providerSchema } from '../../../main/operations/argument-schemas.ts';
import { fieldOf, formOf, problemsOf as formProblems } from '../../../renderer/store/lp-form.ts';
import { FORM_FIELDS } from '../../../renderer/store/lp-form-fields.ts';
import { shownRange } from '../../../renderer/store/lp-form-input.ts';
import { LABELS, type Labels } from '../../../renderer/store/lp-form-labels.ts';
import { draft, problems } from '../lp-config/rows.ts';

/** Every option with its rule, by the path that the operator knows. */
function optionsOf(rule: z.ZodType, path = ''): readonly (readonly [string, z.ZodType])[] {
  const group = bare(rule);
  if (!(group instanceof z.ZodObject)) return [[path, rule]];
  return Object.entries(group.shape as Record<string, z.ZodType>).flatMap(([key, option]) =>
    optionsOf(option, path === '' ? columnOf(key) : `${path}.${key}`),
  );
}
const OPTIONS = optionsOf(lpDraftSchema);
const RANGES = OPTIONS.flatMap(([path, rule]) => {
  const range = rangeOf(rule);
  return range === null ? [] : [[path, range] as const];
});
const schedule = { kind: 'weekly', timeZone: 'UTC', startDay: 0, endDay: 5, startTime: '17:00', endTime: '16:00' } as const;
const WEEKLY = { ...schedule, breakStart: null, breakEnd: null };

/** Wide enough that no end of another option's range meets it. */
const BASE: Readonly<Record<string, object>> = { retry: { baseMs: 50, capMs: 86_400_000 } };

/** A change of a sound draft: `path` is `value`. */
function changed(path: string, value: unknown): Record<string, unknown> {
  const field = FORM_FIELDS.find((known) => known.path === path);
  const [key = '', option, part] = field?.keys ?? path.split('.');
  if (option === undefined) return { [key]: value };
  return { [key]: { ...BASE[key], [option]: part === undefined ? value : { ...WEEKLY, [part]: value } } };
}

/** The same value, put to each of those that ask: what they say, `column rule`; empty: accepted. */
function answers(change: Record<string, unknown>) {
  const said = (found: readonly { column: string; rule: string }[]) =>
    found.map(({ column, rule }) => `${column} ${rule}`).join('; ');
  const stored = checkDraft(draft(change));
  const door = draftShape.safeParse(draft(change));
  const row = problems(Object.fromEntries(Object.entries(change).map(([key, option]) => [columnOf(key), option])));
  const asDraft = stored.ok ? '' : stored.error.message;
  // What has the wrong shape is refused at the door, in the same words; the rest is left to the store.
  return {
    row: row.map((text) => text.replace(':', '')).join('; '),
    draft: asDraft,
    door: door.success ? asDraft : said(problemsOf(door.error)),
  };
}

/** The same value as typed. */
function typed(path: string, text: string): string | null {
  const values = { ...formOf(null), Provider: 'LP', Host: 'h', Port: '1', SenderCompID: 'A', TargetCompID: 'B' };
  const shown = { SSL: 'yes', 'session.schedule': 'weekly', 'retry.baseMs': '0.05', 'retry.capMs': '86400', [path]: text };
  return formProblems({ ...values, ...shown })[path] ?? null;
}

const LONG = 'x'.repeat(257);
describe('a name that is none everywhere', () => {
  test.each(['CON', 'nul', 'Com1', 'lpt9.log', 'AUX.lp', 'LP-A.', 'LP..', '__proto__', 'constructor', 'toString', 'prototype'])(
    '%s is refused at the row, at the draft and at every door',
    (name) => {
      const { row, ...others } = answers({ provider: name });
      expect(row).toMatch(/^Provider must /);
      expect(others).toEqual({ draft: row, door: row });
      expect(providerSchema.safeParse(name).success).toBe(false);
    },
  );
  test.each(['CONDOR', 'LP.CON', 'COM', 'COM10', 'Constructor-1'])('%s is a name', (name) => {
    expect(providerSchema.safeParse(name).success).toBe(true);
  });
});

const refusedTexts: readonly (readonly [string, unknown])[] = [
  ['Host', 'lp.example:9876'],
  ['Host', '10.0.0.300'],
  ['SenderCompID', 'A=B'],
  ['TargetCompID', ' LP'],
  ['username', LONG],
  ['session.senderSubId', 'Ä'],
  ['session.targetSubId', 'A\u0001B'],
  ['session.dictionaryFile', 'fix.xml'],
  ['session.schedule.timeZone', 'Mars/Base'],
  ['session.schedule.startTime', '24:00'],
  ['session.schedule.endTime', '7:00'],
  ['tunnel.caFile', 'ca.pem'],
  ['tunnel.certFile', 'c'],
  ['tunnel.keyFile', 'k'],
  ['tunnel.checkHost', 'a b'],
  ['tunnel.sni', '-a'],
];

describe('the same answer from the row, the draft, the door and the form', () => {
  test.each(RANGES)('%s, at the ends of its range and beyond them', (path, range) => {
    const field = FORM_FIELDS.find((known) => known.path === path);
    const beyond = range.whole ? 1 : 0.01;
    for (const value of [range.min, range.max, range.min - beyond, range.max + beyond]) {
      const outside = value < range.min || value > range.max;
      const said = outside ? `${path} ${rangeSentence(range)}` : '';
      expect(answers(changed(path, value)), `${value}`).toEqual({ row: said, draft: said, door: said });
      expect(typed(path, field?.show(value) ?? '')).toBe(outside ? rangeSentence(shownRange(range)) : null);
    }
  });

  test.each(refusedTexts)('%s, %j is refused', (path, value) => {
    const { row, ...others } = answers(changed(path, value));
    expect(row).toMatch(new RegExp(`^${path} must `));
    expect(others).toEqual({ draft: row, door: row });
    expect(`${path} ${typed(path, String(value))}`).toBe(row.replace('or null', 'or empty'));
  });

  test.each(OPTIONS.flatMap(([path, rule]) => (bare(rule) instanceof z.ZodEnum ? [path] : [])))('%s, another word', (path) => {
    const { row, ...others } = answers(changed(path, 'other'));
    expect(row).toMatch(new RegExp(`^${path} must be one of`));
    expect(others).toEqual({ draft: row, door: row });
  });

  test.each(OPTIONS.filter(([path]) => !/^(Provider|password|new_password)$/.test(path)))('%s, of the wrong type', (path) => {
    const { row, ...others } = answers(changed(path, { surprise: true }));
    expect(row).toMatch(new RegExp(`^${path} must `));
    expect(others).toEqual({ draft: row, door: row });
  });

  test.each([
    ['retry.typo', { retry: { typo: 1 } }],
    ['session.schedule.typo', { session: { schedule: { ...WEEKLY, typo: 1 } } }],
  ])('%s is not known', (path, change) => {
    const said = `${path} is not an option; check its spelling`;
    expect(answers(change)).toEqual({ row: said, draft: said, door: said });
  });
});

test('rules over more than one option do not wait for the others to be right, and the form says them by its labels', () => {
  expect(problems({ Host: null, retry: { baseMs: 500, capMs: 100 } })).toHaveLength(2);
  const values = { ...formOf(null), SSL: 'yes', 'retry.capMs': '0.1', 'tunnel.verify': 'pinned' };
  expect(formProblems(values)).toMatchObject({
    Host: 'must be given',
    'retry.capMs': 'must not be less than First wait, lost link',
    'tunnel.caFile': 'must name the file with the pinned certificate when Verify is pinned',
  });
});

test.each([null, undefined, 7, [], 'text'])('%j in place of a draft is refused, not thrown', (value) => {
  expect(lpDraftSchema.safeParse(value).success).toBe(false);
});

describe('an option stands in the schema, where it acts, and with its label', () => {
  test('every option has its label, and every label its option', () => {
    // `kind` is chosen with the schedule itself.
    const paths = OPTIONS.map(([path]) => (path === 'session.schedule.kind' ? 'session.schedule' : path));
    expect(Object.keys(LABELS).sort()).toEqual([...paths].sort());
    expect(FORM_FIELDS.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(OPTIONS.map(([path]) => fieldOf(path))).not.toContain(null);
  });

  test('a missing label does not compile, nor do words that lack one of the values', () => {
    type Missable = { [P in keyof Labels]: Omit<typeof LABELS, P> extends Labels ? P : never }[keyof Labels];
    expectTypeOf<Missable>().toEqualTypeOf<never>();
    expectTypeOf<{ label: string }>().not.toExtend<Labels['tunnel.verify']>();
    expectTypeOf<{ label: string; words: { chain: ''; none: '' } }>().not.toExtend<Labels['tunnel.verify']>();
    expectTypeOf<{ label: string }>().not.toExtend<Labels['session.backupHosts']>();
    expectTypeOf<{ label: string }>().toExtend<Labels['session.validate']>();
  });

  test('the document of the admin API has every option, with its ends and its default', () => {
    const documentOf = (rule: z.ZodType, path: string): Record<string, unknown> => {
      const [column = '', ...keys] = path.split('.');
      const key = Object.keys(lpDraftSchema.shape).find((known) => columnOf(known) === column) ?? '';
      let at: unknown = z.toJSONSchema(rule, { io: 'input' });
      for (const step of [key, ...keys]) {
        const { properties, anyOf } = at as {
          properties?: Record<string, unknown>;
          anyOf?: { properties?: Record<string, unknown> }[];
        };
        at = (properties ?? anyOf?.find((one) => one.properties)?.properties)?.[step];
      }
      return at as Record<string, unknown>;
    };
    for (const [path, range] of RANGES) {
      expect(documentOf(draftShape, path), path).toMatchObject({ minimum: range.min, maximum: range.max });
    }
    for (const [path] of OPTIONS) {
      const { default: byDefault } = documentOf(lpDraftSchema, path);
      expect(documentOf(draftShape, path)['default'], path).toEqual(byDefault);
    }
  });
});
