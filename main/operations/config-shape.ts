import { z } from 'zod';
import { bare, provider, rangeOf } from '../contracts/config-rules.ts';
import type { Fixed } from '../contracts/lp-config.ts';

/**
 * The schema of a configuration as a door needs it: what is asked is checked for shape and size alone, so that the rules are asked in
 * the operation and a refusal is audited; an answer has no key that is not named. The rules are written into the OpenAPI document.
 */

const MAX_TEXT = 2_000;
const MAX_LIST = 100;

type Way = 'asked' | 'answered';

export const askedShape = <R extends z.ZodType>(rule: R) => shapeOf(rule, 'asked') as z.ZodType<Fixed<z.input<R>>>;

export const answeredShape = <R extends z.ZodType>(rule: R) =>
  shapeOf(rule, 'answered') as z.ZodType<Fixed<z.output<R>>, Fixed<z.output<R>>>;

function shapeOf(rule: z.ZodType, way: Way): z.ZodType {
  const shape = shapeOfBare(bare(rule), way);
  const orNull = rule.safeParse(null).success ? shape.nullable() : shape;
  const mayBeLeftOut = way === 'asked' && rule.safeParse(undefined).success;
  return (mayBeLeftOut ? orNull.exactOptional() : orNull).meta(meaningOf(rule));
}

function shapeOfBare(rule: z.ZodType, way: Way): z.ZodType {
  // What zod types as never: the issue is one of the rule's own.
  const error = (issue: unknown) => rule.def.error?.(issue as never);
  const inner = (part: unknown): z.ZodType => shapeOf(part as z.ZodType, way);
  const asked = way === 'asked';
  // The name of an LP is part of paths: no door lets another one in.
  if (rule === provider || rule instanceof z.ZodEnum || rule instanceof z.ZodBoolean) return rule;
  if (rule instanceof z.ZodNumber) return z.number({ error }).meta(limitsOf(rule));
  if (rule instanceof z.ZodString) return (asked ? z.string({ error }).max(MAX_TEXT) : z.string()).meta(limitsOf(rule));
  if (rule instanceof z.ZodTuple) return z.tuple(rule.def.items.map(inner) as [z.ZodType, ...z.ZodType[]], { error });
  if (rule instanceof z.ZodArray) {
    const list = z.array(inner(rule.element), { error });
    return asked ? list.max(MAX_LIST) : list;
  }
  if (rule instanceof z.ZodObject) {
    const shape = Object.fromEntries(Object.entries(rule.shape).map(([key, option]) => [key, inner(option)]));
    return asked ? z.strictObject(shape, { error }) : z.object(shape);
  }
  throw new Error(`There is no shape for a rule of type ${rule.type}`);
}

/** Of a rule, for the document alone: what its value is for, and what it is when nothing is given. */
function meaningOf(rule: z.ZodType): Readonly<Record<string, unknown>> {
  const unit = rangeOf(rule)?.unit;
  const description = [rule.description, unit === undefined ? undefined : `(${unit})`].filter(Boolean).join(' ');
  const byDefault = rule.safeParse(undefined);
  return {
    ...(description === '' ? {} : { description }),
    ...(byDefault.data === undefined ? {} : { default: byDefault.data }),
  };
}

/** Of a rule, for the document alone. */
function limitsOf(rule: z.ZodType): Readonly<Record<string, unknown>> {
  const { $schema, ...limits } = z.toJSONSchema(rule);
  return limits;
}
