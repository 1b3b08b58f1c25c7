import { z } from 'zod';
import { bare, type Range, rangeOf } from '../../main/contracts/config-rules.ts';
import type { Label } from './lp-form-labels.ts';
import { linesOf } from './lp-form-lines.ts';

/** How an option is typed. */
export interface Input {
  readonly kind: 'text' | 'number' | 'switch' | 'select' | 'lines' | 'password';
  /** A value as it is typed. */
  show(value: unknown): string;
  /** What was typed as a value, which may break the rule; undefined leaves it out. */
  read(typed: string): unknown;
}

/** What stands at `keys` of a configuration; undefined where nothing does. */
export function valueAt(config: unknown, keys: readonly string[]): unknown {
  return keys.reduce((value, key) => new Map(Object.entries(value ?? {})).get(key), config);
}

/** People type seconds and percents. */
const SHOWN_PER: Partial<Record<NonNullable<Range['unit']>, number>> = { ms: 0.001, ratio: 100 };
const shownPer = ({ unit }: Range): number => (unit === undefined ? 1 : (SHOWN_PER[unit] ?? 1));
/** Without what binary fractions add. */
const tidy = (value: number): number => Math.round(value * 1e6) / 1e6;

/** A range in what people type. */
export function shownRange(range: Range): Range {
  const per = shownPer(range);
  if (per === 1) return range;
  const unit = range.unit === 'ms' ? { unit: 'seconds' as const } : {};
  return { ...range, ...unit, min: tidy(range.min * per), max: tidy(range.max * per), whole: false };
}

/** The input that follows from an option's rule. */
export function inputOf(rule: z.ZodType, { lines, words, secret }: Label): Input {
  const plain = bare(rule);
  if (plain instanceof z.ZodBoolean) {
    return { kind: 'switch', show: (value) => (value === true ? 'yes' : ''), read: (typed) => typed === 'yes' };
  }
  if (plain instanceof z.ZodObject) {
    return {
      kind: 'select',
      show: (value) => String(valueAt(value, ['kind']) ?? 'always'),
      read: (kind) => (kind === 'always' ? null : { kind }),
    };
  }
  if (lines !== undefined) {
    return {
      kind: 'lines',
      show: (value) => (Array.isArray(value) ? value.map((item) => lines.show(item)).join('\n') : ''),
      read: (typed) => linesOf(typed).map((line) => lines.read(line) ?? line),
    };
  }
  const range = rangeOf(rule);
  if (range !== null) return numberInput(range, words === undefined ? 'number' : 'select');
  if (secret === true) return { kind: 'password', show: () => '', read: (typed) => (typed === '' ? undefined : typed) };
  return {
    kind: words === undefined ? 'text' : 'select',
    show: (value) => String(value ?? ''),
    read: rule.safeParse(null).success ? (typed) => typed.trim() || null : (typed) => typed,
  };
}

function numberInput(range: Range, kind: 'number' | 'select'): Input {
  const per = shownPer(range);
  return {
    kind,
    show: (value) => String(tidy(Number(value) * per)),
    read: (typed) => {
      const value = typed.trim() === '' ? Number.NaN : Number(typed) / per;
      return range.whole && per !== 1 ? Math.round(value) : value;
    },
  };
}
