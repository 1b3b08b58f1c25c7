import { z } from 'zod';

/** The kinds of values that a configuration is made of, each with its rule and the operator's sentence. */

// The screen's Content-Security-Policy forbids eval, which zod would try.
z.config({ jitless: true });

/** What a number counts. */
type Unit = 'ms' | 'seconds' | 'bytes' | 'MB' | 'ratio';

/** Of a number: its ends, both allowed, and what it counts. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  readonly unit?: Unit;
  /** What 0 stands for, where it is no amount. */
  readonly zero?: string;
}

const ranges = z.registry<Range>();

export function rangeSentence({ min, max, whole, unit, zero }: Range): string {
  const notes = [unit === 'ratio' ? undefined : unit, zero === undefined ? undefined : `0: ${zero}`].filter(Boolean).join('; ');
  return `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}${notes === '' ? '' : ` (${notes})`}`;
}

/** The range of a number's rule; null for every other rule. */
export const rangeOf = (rule: z.ZodType): Range | null => ranges.get(bare(rule)) ?? null;

type RangeNotes = Pick<Range, 'unit' | 'zero'>;

export function integer(min: number, max: number, notes: RangeNotes = {}) {
  const range = { min, max, whole: true, ...notes };
  const error = rangeSentence(range);
  return z.int({ error }).min(min, { error }).max(max, { error }).register(ranges, range);
}

export function number(min: number, max: number, notes: RangeNotes = {}) {
  const range = { min, max, whole: false, ...notes };
  const error = rangeSentence(range);
  return z.number({ error }).min(min, { error }).max(max, { error }).register(ranges, range);
}

const pattern = (expression: RegExp, error: string) => z.string({ error }).regex(expression, { error });

/** Devices of Windows, with whatever comes behind a dot: no folder can have such a name there. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
/** Properties that every object has: an LP that is looked up by such a name would be found where there is none. */
const isPropertyOfAll = (name: string): boolean => name === 'prototype' || name in Object.prototype;

export const provider = pattern(
  /^(?!\.\.?$)[A-Za-z0-9_.-]{1,64}$/,
  'must have 1 to 64 letters, digits and _ . - only, because it names the log folder',
)
  .refine((name) => !/[^.]\.+$/.test(name) && !DEVICE.test(name), {
    error: 'must not end with a dot or be a device of Windows such as CON or NUL, because it names the log folder',
  })
  .refine((name) => !isPropertyOfAll(name), { error: 'must not be a name of the programming language such as constructor' })
  .describe('Name of the LP: letters, digits and _ . -');
export const compId = pattern(
  /^(?=[!-<>-~])[ -<>-~]{1,64}(?<! )$/,
  'must have 1 to 64 printable ASCII characters without = and without spaces at its ends',
);
export const fixValue = pattern(/^[ -~]{1,256}$/, 'must have 1 to 256 printable ASCII characters');
export const file = pattern(
  /^(\/|[A-Za-z]:[\\/])[^\0\r\n]+$/,
  'must be the absolute path of a file on the machine of the console, or null',
).nullable();
export const timeOfDay = pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as HH:MM, 00:00 to 23:59');

export const yesNo = z.boolean({ error: 'must be true or false' });
export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const HOST = 'must be a DNS name or an IP address, without a port';
export const host = z.string({ error: HOST }).refine((text) => isIpAddress(text) || isHostName(text), { error: HOST });
export const port = integer(1, 65_535);
export const hostPort = z.strictObject({ host, port }, { error: 'must be an object with host and port' });

const LABEL = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  // All digits and dots, and not an address: a mistyped address, not a name.
  return text.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

const BYTE = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${BYTE}(\\.${BYTE}){3}$`);

/** As node's isIP has it, which the screen does not have. */
export function isIpAddress(text: string): boolean {
  if (IPV4.test(text)) return true;
  const address = text.replace(/%[0-9a-zA-Z.:-]+$/, '');
  const last = address.slice(address.lastIndexOf(':') + 1);
  // An IPv4 address at the end stands for two groups.
  const halves = (IPV4.test(last) ? `${address.slice(0, -last.length)}0:0` : address).split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const complete = halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length <= 7;
  return complete && groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group));
}

const ZONE = 'must be an IANA time zone such as America/New_York';
export const timeZone = z.string({ error: ZONE }).refine(isTimeZone, { error: ZONE });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(name);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Tags of header, trailer and Logon that the session sets by itself. */
const SESSION_TAGS = new Set([8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 97, 98, 108, 122, 141, 789]);
/** Credentials that have a column of their own. */
const OWN_FIELD = new Map([
  [553, 'Username'],
  [554, 'Password'],
  [925, 'NewPassword'],
]);
const TAG = 'must be a tag from 1 to 99999 that the session does not set by itself';
const tag = z
  .int({ error: TAG })
  .min(1, { error: TAG })
  .max(99_999, { error: TAG })
  .refine((value) => !SESSION_TAGS.has(value), { error: TAG })
  .refine((value) => !OWN_FIELD.has(value), {
    error: ({ input }) =>
      `must not be ${OWN_FIELD.get(Number(input))}(${input}): ${OWN_FIELD.get(Number(input))}(${input}) has a field of its own`,
  });
export const secretTag = tag;
/** The value of a secret tag is null wherever it is shown or stored. */
export const tagAndValue = z.tuple([tag, fixValue.nullable()], { error: 'must be [tag, "value"]' });

/** A key that is not known is a mistake and never ignored. */
export const strict = <S extends z.ZodRawShape>(shape: S, other: string, unknownKey = 'is not an option; check its spelling') =>
  z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKey : other) });

/** A rule without what says that its value may be left out or be null. */
export function bare(rule: z.ZodType): z.ZodType {
  if (
    rule instanceof z.ZodDefault ||
    rule instanceof z.ZodPrefault ||
    rule instanceof z.ZodOptional ||
    rule instanceof z.ZodNullable
  ) {
    return bare(rule.unwrap() as z.ZodType);
  }
  return rule;
}
