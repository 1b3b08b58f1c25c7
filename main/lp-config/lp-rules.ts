import { isIP } from 'node:net';
import { z } from 'zod';
import type { HostPort, RetryPolicy, SessionOptions, SessionSchedule, TunnelOptions } from '../contracts/lp-config.ts';

/** The rules of a configuration, one per field, each with the operator's sentence. Rows of the table and drafts of the form obey the same ones. */

export const providerRule = z.string({ error: 'must be given' }).regex(/^(?!\.\.?$)[A-Za-z0-9_.-]{1,64}$/, {
  error: 'must have 1 to 64 letters, digits and _ . - only, because it names the log folder',
});

const LABEL = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;
const isHostName = (text: string) => {
  const labels = text.replace(/\.$/, '').split('.');
  // All digits and dots, and not an address: a mistyped address, not a name.
  return text.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
};
const HOST = 'must be a DNS name or an IP address, without a port';
export const hostRule = z.string({ error: HOST }).refine((text) => isIP(text) !== 0 || isHostName(text), { error: HOST });

const integer = (min: number, max: number, unit = '') => {
  const error = `must be a whole number from ${min} to ${max}${unit}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
export const portRule = integer(1, 65_535);
export const heartBtIntRule = integer(1, 3_600, ' (seconds)');

const COMP_ID = 'must have 1 to 64 printable ASCII characters without = and without spaces at its ends';
export const compIdRule = z.string({ error: COMP_ID }).regex(/^(?=[!-<>-~])[ -<>-~]{1,64}(?<! )$/, { error: COMP_ID });

export const sslRule = z.boolean({ error: 'must be true or false' });

const FIX_VALUE = 'must have 1 to 256 printable ASCII characters';
const fixValue = z.string({ error: FIX_VALUE }).regex(/^[ -~]{1,256}$/, { error: FIX_VALUE });
export const usernameRule = fixValue.nullable();
export const passwordRule = fixValue.nullable();

const FILE = 'must be the absolute path of a file on the machine of the console, or null';
const file = z
  .string({ error: FILE })
  .regex(/^(\/|[A-Za-z]:[\\/])[^\0\r\n]+$/, { error: FILE })
  .nullable();
const yesNo = z.boolean({ error: 'must be true or false' });
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

/** Every key may be left out; a key that is not known is a mistake and never ignored. */
const options = <S extends z.ZodRawShape>(shape: S) =>
  z
    .strictObject(shape, {
      error: (issue) => (issue.code === 'unrecognized_keys' ? 'is not an option; check its spelling' : 'must be a JSON object'),
    })
    .partial();

const number = (min: number, max: number) => {
  const error = `must be a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
};

export const retryRule = options({
  baseMs: integer(50, 3_600_000, ' (ms)'),
  logonBaseMs: integer(50, 3_600_000, ' (ms)'),
  factor: number(1, 10),
  capMs: integer(50, 86_400_000, ' (ms)'),
  maxAttempts: integer(0, 1_000_000, ' (0: no limit)'),
  stableMs: integer(0, 86_400_000, ' (ms)'),
} satisfies Record<keyof RetryPolicy, z.ZodType>);

export const tunnelRule = options({
  verify: oneOf(['chain', 'pinned', 'none']),
  caFile: file,
  checkHost: hostRule.nullable(),
  sni: hostRule.nullable(),
  minVersion: oneOf(['TLSv1.2', 'TLSv1.3']),
  certFile: file,
  keyFile: file,
} satisfies Record<keyof TunnelOptions, z.ZodType>);

const TIME = 'must be a time of day as HH:MM, 00:00 to 23:59';
const time = z.string({ error: TIME }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: TIME });
const ZONE = 'must be an IANA time zone such as America/New_York';
const zone = z.string({ error: ZONE }).refine(isTimeZone, { error: ZONE });

const schedule = z
  .strictObject(
    {
      kind: oneOf(['daily', 'weekly']),
      timeZone: zone,
      startDay: integer(0, 6, ' (0: Sunday)'),
      endDay: integer(0, 6, ' (0: Sunday)'),
      startTime: time,
      endTime: time,
      breakStart: time.nullable(),
      breakEnd: time.nullable(),
    } satisfies Record<keyof SessionSchedule, z.ZodType>,
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys' ? 'is not an option; check its spelling' : 'must be null or a schedule',
    },
  )
  .refine((value) => (value.breakStart === null) === (value.breakEnd === null), {
    path: ['breakEnd'],
    error: 'must be given together with breakStart, or both be null',
  })
  .refine((value) => value.kind === 'weekly' || value.breakStart === null, {
    path: ['breakStart'],
    error: 'must be null in a daily schedule',
  });

const hostPort = z.strictObject({ host: hostRule, port: portRule } satisfies Record<keyof HostPort, z.ZodType>, {
  error: 'must be an object with host and port',
});

/** Tags of header, trailer and Logon that the session sets by itself. */
const SESSION_TAGS = new Set([8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 97, 98, 108, 122, 141, 789]);
/** Credentials: a tag list is neither encrypted nor masked. */
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

export const sessionRule = options({
  resetOnLogon: yesNo,
  resetNotHonoured: oneOf(['refuse', 'continue']),
  sendNextExpected: yesNo,
  senderSubId: compIdRule.nullable(),
  targetSubId: compIdRule.nullable(),
  logonTags: z.array(z.tuple([tag, fixValue], { error: 'must be [tag, "value"]' }), {
    error: 'must be a list of [tag, "value"]',
  }),
  logonTimeoutMs: integer(100, 600_000, ' (ms)'),
  logoutAckMs: integer(0, 60_000, ' (ms)'),
  testRequestThreshold: number(0, 5),
  sendingTimeThresholdMs: integer(0, 86_400_000, ' (ms)'),
  maxMessageBytes: integer(4_096, 8_388_608, ' (bytes)'),
  validate: yesNo,
  dictionaryFile: file,
  whenDisconnected: oneOf(['queue', 'refuse']),
  cancelsOnDisconnect: oneOf(['yes', 'no', 'unknown']),
  backupHosts: z.array(hostPort, { error: 'must be a list of hosts' }).max(20, { error: 'must have 20 hosts at most' }),
  failbackMs: integer(0, 604_800_000, ' (ms; 0: at the next reconnect)'),
  schedule: schedule.nullable(),
} satisfies Record<keyof SessionOptions, z.ZodType>);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(name);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
