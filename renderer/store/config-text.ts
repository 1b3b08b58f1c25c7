import type { LpConfig } from '../../main/contracts/lp-config.ts';
import { duration, grouped } from './format.ts';
import { formOf } from './lp-form.ts';
import { type FieldSpec, FORM_SECTIONS } from './lp-form-fields.ts';
import { valueAt } from './lp-form-input.ts';

interface ConfigGroup {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

/** A configuration as names and values, grouped as in the form; no secret is in it, because none is in an LpConfig. */
export function configGroups(config: LpConfig): readonly ConfigGroup[] {
  const values = formOf(config);
  return FORM_SECTIONS.filter(({ when }) => when?.(values) !== false).map(({ title, fields }) => ({
    title,
    // The parts of a schedule are said with it, in one line.
    rows: fields
      .filter(({ path }) => !path.startsWith('session.schedule.'))
      .map((field) => [field.label, textOf(field, config)] as const),
  }));
}

function textOf(field: FieldSpec, config: LpConfig): string {
  if (field.shown !== undefined) return field.shown(config);
  const value = valueAt(config, field.keys);
  if (value === null) return field.placeholder ?? '–';
  if (typeof value === 'number') return numberText(value, field);
  if (field.kind === 'switch') return value === true ? 'yes' : 'no';
  const shown = field.show(value);
  if (field.words !== undefined) return field.words[shown] ?? shown;
  return shown.replaceAll('\n', ', ') || '–';
}

function numberText(value: number, { range }: FieldSpec): string {
  if (value === 0 && range?.zero !== undefined) return range.zero;
  switch (range?.unit) {
    case 'ms':
      return duration(value);
    case 'seconds':
      return `${value} s`;
    case 'ratio':
      return `${Math.round(value * 100)} %`;
    case 'bytes':
      return `${grouped(value)} bytes`;
    case 'MB':
      return `${grouped(value)} MB`;
    case undefined:
      return String(value);
  }
}
