import { z } from 'zod';
import { bare, type Range, rangeOf } from '../../main/contracts/config-rules.ts';
import { columnOf, lpDraftSchema } from '../../main/contracts/lp-config.ts';
import { type Input, inputOf } from './lp-form-input.ts';
import { type FormValues, type Label, SECTIONS } from './lp-form-labels.ts';

/** One input of the form: its label, and what follows from the rule of its option. */
export type FieldSpec = Label &
  Input & {
    readonly path: string;
    /** Its way in a draft: `['session', 'schedule', 'timeZone']`. */
    readonly keys: readonly string[];
    /** May be null, which is typed as nothing. */
    readonly nullable: boolean;
    readonly range: Range | null;
    /** Whether it is shown, and so checked. */
    isShown(values: FormValues): boolean;
    /** Whether a value obeys the rule. */
    accepts(value: unknown): boolean;
  };

export interface FormSection {
  readonly title: string;
  readonly open: boolean;
  readonly when?: (values: FormValues) => boolean;
  readonly fields: readonly FieldSpec[];
}

const KEY_OF = new Map(Object.keys(lpDraftSchema.shape).map((key) => [columnOf(key), key]));

export const FORM_SECTIONS: readonly FormSection[] = SECTIONS.map(({ labels, ...section }) => ({
  ...section,
  fields: Object.entries(labels).map(([path, label]) => formField(path, label, section.when)),
}));

export const FORM_FIELDS: readonly FieldSpec[] = FORM_SECTIONS.flatMap((section) => section.fields);

function formField(path: string, label: Label, inSection: ((values: FormValues) => boolean) | undefined): FieldSpec {
  const [column = '', ...within] = path.split('.');
  const keys = [KEY_OF.get(column) ?? column, ...within];
  const rule = ruleAt(keys);
  return {
    ...label,
    path,
    keys,
    nullable: rule.safeParse(null).success,
    range: rangeOf(rule),
    isShown: (values) => inSection?.(values) !== false && label.when?.(values) !== false,
    accepts: (value) => rule.safeParse(value).success,
    ...inputOf(rule, label),
  };
}

function ruleAt(keys: readonly string[]): z.ZodType {
  let rule: z.ZodType = lpDraftSchema;
  for (const key of keys) {
    const group = bare(rule);
    const option: unknown = group instanceof z.ZodObject ? group.shape[key] : undefined;
    if (!(option instanceof z.ZodType)) throw new Error(`A configuration has no ${keys.join('.')}`);
    rule = option;
  }
  return rule;
}
