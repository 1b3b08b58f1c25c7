import { z } from 'zod';
import {
  compId,
  file,
  fixValue,
  host,
  hostPort,
  integer,
  number,
  oneOf,
  port,
  provider,
  secretTag,
  strict,
  tagAndValue,
  timeOfDay,
  timeZone,
  yesNo,
} from './config-rules.ts';
import type { SecretName } from './secret-destination.ts';
import type { SecretTag } from './secret-tags.ts';

/**
 * The one schema of an LP's configuration: ranges, patterns, defaults and what is said when a rule is broken. Rows of
 * `"vfx_LPProviderConfig"`, drafts, the admin API and the form are checked by it, and the types are inferred from it. A new option stands
 * here, where it acts, and with its label in the form.
 */

/** Nothing of a configuration is written to; what may be left out is left out, never undefined. */
export type Fixed<T> = T extends object ? { readonly [K in keyof T]: Fixed<Exclude<T[K], undefined>> } : T;

/** `retry` (jsonb). Reconnect: wait = random(0 … min(capMs, baseMs × factor^(attempt−1))), full jitter. */
const retry = strict(
  {
    baseMs: integer(50, 3_600_000, { unit: 'ms' }).default(500).describe('for lost links'),
    logonBaseMs: integer(50, 3_600_000, { unit: 'ms' })
      .default(5_000)
      .describe('for refused logons: hammering a counterparty that said no makes it worse'),
    factor: number(1, 10).default(2),
    capMs: integer(50, 86_400_000, { unit: 'ms' }).default(60_000),
    maxAttempts: integer(0, 1_000_000, { zero: 'no limit' }).default(0),
    stableMs: integer(0, 86_400_000, { unit: 'ms' })
      .default(30_000)
      .describe('a Logon that lasted this long resets the attempts'),
  },
  'must be a JSON object',
);
export type RetryPolicy = Fixed<z.output<typeof retry>>;

/** `tunnel` (jsonb). */
const tunnel = strict(
  {
    verify: oneOf('chain', 'pinned', 'none')
      .default('chain')
      .describe(
        'chain: the chain of the peer must lead to caFile; pinned: its certificate must be in caFile; none: for tests only, shown as a warning',
      ),
    caFile: file.default(null).describe('PEM file; the CA bundle of the system when null and verify is chain'),
    checkHost: host
      .nullable()
      .default(null)
      .describe('name that the certificate of the peer must carry; the Host when null and verify is chain'),
    sni: host.nullable().default(null).describe('server name sent in the handshake; the Host when null'),
    minVersion: oneOf('TLSv1.2', 'TLSv1.3').default('TLSv1.2'),
    certFile: file.default(null).describe('client certificate, PEM file'),
    keyFile: file.default(null).describe('key of the client certificate, PEM file'),
  },
  'must be a JSON object',
);
export type TunnelOptions = Fixed<z.output<typeof tunnel>>;

/** Times are of `timeZone`. weekly: one session from startDay startTime to endDay endTime. */
const schedule = strict(
  {
    kind: oneOf('daily', 'weekly'),
    timeZone: timeZone.describe('IANA name, e.g. America/New_York'),
    startDay: integer(0, 6, { zero: 'Sunday' }).describe('weekly only'),
    endDay: integer(0, 6, { zero: 'Sunday' }).describe('weekly only'),
    startTime: timeOfDay,
    endTime: timeOfDay,
    breakStart: timeOfDay.nullable().describe('weekly only: start of a daily break'),
    breakEnd: timeOfDay.nullable().describe('weekly only: end of a daily break'),
  },
  'must be null or a schedule',
)
  .refine((value) => (value.breakStart === null) === (value.breakEnd === null), {
    path: ['breakEnd'],
    error: 'must be given together with session.schedule.breakStart, or both be null',
  })
  .refine((value) => value.kind === 'weekly' || value.breakStart === null, {
    path: ['breakStart'],
    error: 'must be null in a daily schedule',
  });
export type SessionSchedule = Fixed<z.output<typeof schedule>>;

/** `session` (jsonb). */
const session = strict(
  {
    resetOnLogon: yesNo.default(false).describe('ResetSeqNumFlag(141)=Y on every Logon'),
    resetNotHonoured: oneOf('refuse', 'continue')
      .default('refuse')
      .describe('what to do when the LP goes on with its old numbers although our Logon carried 141=Y'),
    sendNextExpected: yesNo.default(false).describe('NextExpectedMsgSeqNum(789) in our Logons'),
    senderSubId: compId.nullable().default(null),
    targetSubId: compId.nullable().default(null),
    logonTags: z
      .array(tagAndValue, { error: 'must be a list of [tag, "value"]' })
      .default([])
      .describe(
        'further fields of our Logon, in order: [tag, value]. The value of a secret tag is write-only: null keeps the stored one',
      ),
    secretTags: z
      .array(secretTag, { error: 'must be a list of tags' })
      .max(100, { error: 'must have 100 tags at most' })
      .default([96, 5_001])
      .describe(
        'tags of logonTags whose values are secrets: encrypted, never shown, masked in logs. Password(554) and NewPassword(925) always are',
      ),
    logonTimeoutMs: integer(100, 600_000, { unit: 'ms' }).default(10_000),
    logoutAckMs: integer(0, 60_000, { unit: 'ms' }).default(2_000),
    testRequestThreshold: number(0, 5, { unit: 'ratio' })
      .default(0.2)
      .describe('TestRequest after HeartBtInt × (1 + this); the 20 % of the standard are 0.2'),
    sendingTimeThresholdMs: integer(0, 86_400_000, { unit: 'ms' }).default(120_000),
    maxMessageBytes: integer(4_096, 8_388_608, { unit: 'bytes' })
      .default(1_048_576)
      .describe('a larger message from the LP ends the session; bounds what an LP can make an engine keep'),
    engineMemoryMb: integer(192, 16_384, { unit: 'MB' })
      .default(512)
      .describe('an engine process with more resident memory is logged out, ended and started again'),
    validate: yesNo.default(true).describe('validate messages against the dictionary'),
    dictionaryFile: file
      .default(null)
      .describe('QuickFIX XML of the dialect of the LP, below a folder of VFXLP_DICTIONARY_DIRS; FIX 4.4 when null'),
    whenDisconnected: oneOf('queue', 'refuse')
      .default('refuse')
      .describe('what happens to an application message to send while not logged on'),
    cancelsOnDisconnect: oneOf('yes', 'no', 'unknown')
      .default('unknown')
      .describe('whether the LP cancels open orders when the session drops; shown before a kill'),
    backupHosts: z
      .array(hostPort, { error: 'must be a list of hosts' })
      .max(20, { error: 'must have 20 hosts at most' })
      .default([])
      .describe('further hosts in priority order after Host:Port'),
    failbackMs: integer(0, 604_800_000, { unit: 'ms', zero: 'at the next reconnect' })
      .default(0)
      .describe('while on a backup host, the first one is tried again this often'),
    schedule: schedule.nullable().default(null).describe('always on when null'),
  },
  'must be a JSON object',
);
export type SessionOptions = Fixed<z.output<typeof session>>;
export type HostPort = SessionOptions['backupHosts'][number];

export const DEFAULT_RETRY: RetryPolicy = retry.parse({});
export const DEFAULT_TUNNEL: TunnelOptions = tunnel.parse({});
export const DEFAULT_SESSION: SessionOptions = session.parse({});

/** What a row and a draft both have; a column is called like its key where COLUMN_NAMES does not say otherwise. */
const columns = {
  provider,
  host,
  port,
  senderCompId: compId.describe('ours'),
  targetCompId: compId.describe('theirs'),
  heartBtInt: integer(1, 3_600, { unit: 'seconds' }),
  ssl: yesNo,
  username: fixValue.nullable().default(null),
  retry: retry.prefault({}),
  tunnel: tunnel.prefault({}),
  session: session.prefault({}),
};

const COLUMN_NAMES = {
  provider: 'Provider',
  host: 'Host',
  port: 'Port',
  senderCompId: 'SenderCompID',
  targetCompId: 'TargetCompID',
  heartBtInt: 'HeartBtInt',
  ssl: 'SSL',
  newPassword: 'new_password',
} as const;
export type ColumnName<K> = K extends keyof typeof COLUMN_NAMES ? (typeof COLUMN_NAMES)[K] : K;

/** The operator knows a key of a configuration by its column. */
export const columnOf = (key: string): string => (COLUMN_NAMES as Readonly<Record<string, string>>)[key] ?? key;

interface Groups {
  readonly ssl: boolean;
  readonly retry: RetryPolicy;
  readonly tunnel: TunnelOptions;
  readonly session: Pick<SessionOptions, 'logonTags' | 'secretTags'>;
}

/** Rules over more than one option; asked once all of `of` obey their own. */
const ACROSS: readonly {
  readonly of: readonly (keyof Groups)[];
  readonly path: readonly [string, string];
  readonly holds: (config: Groups) => boolean;
  readonly error: string;
}[] = [
  {
    of: ['retry'],
    path: ['retry', 'capMs'],
    holds: (config) => config.retry.capMs >= config.retry.baseMs,
    error: 'must not be less than retry.baseMs',
  },
  {
    of: ['ssl', 'tunnel'],
    path: ['tunnel', 'caFile'],
    holds: ({ ssl, tunnel: { verify, caFile } }) => !ssl || verify !== 'pinned' || caFile !== null,
    error: 'must name the file with the pinned certificate when tunnel.verify is pinned',
  },
  {
    of: ['ssl', 'tunnel'],
    path: ['tunnel', 'certFile'],
    holds: ({ ssl, tunnel: { certFile, keyFile } }) => !ssl || keyFile === null || certFile !== null,
    error: 'must be given with tunnel.keyFile',
  },
  {
    of: ['session'],
    path: ['session', 'logonTags'],
    holds: ({ session: { logonTags, secretTags } }) =>
      logonTags.every(([tag, value]) => value !== null || secretTags.includes(tag)),
    error: 'must have a value for each tag that is not in session.secretTags',
  },
];

function across<S extends z.ZodType<Groups>>(schema: S): S {
  return ACROSS.reduce(
    (rule, { of, path, holds, error }) =>
      rule.refine(holds, {
        path: [...path],
        error,
        when: ({ issues }) => !issues.some(({ path: [at] = [] }) => at === undefined || of.some((key) => key === at)),
      }),
    schema,
  );
}

const fields = <S extends z.ZodRawShape>(shape: S) => strict(shape, 'must be an object', 'is not a field of a configuration');

/** A configuration without what a row has besides: as parsed, every option has its value. */
export const lpConfigSchema = across(fields(columns));

const secrets = {
  password: fixValue.nullable().optional().describe('Write-only. Left out: the stored one stays; null: removed.'),
  newPassword: fixValue
    .nullable()
    .optional()
    .describe(
      'Write-only: NewPassword(925) of the next Logon; the password once the LP accepts it. Left out: the stored one stays; null: removed.',
    ),
};

/** What the operator sends to create or change an LP. Passwords are write-only: left out, the stored one is kept; null removes it. */
export const lpDraftSchema = across(fields({ ...columns, ...secrets }));
/** A draft where the LP may have been named already. */
export const namedDraftSchema = across(fields({ ...columns, ...secrets, provider: provider.optional() }));
export type LpDraft = Fixed<z.input<typeof lpDraftSchema>>;

/** Configuration of one Liquidity Provider, after validation. The passwords are never part of a configuration that is shown. */
export type LpConfig = Fixed<z.output<typeof lpConfigSchema>> & {
  readonly hasPassword: boolean;
  /** `new_password`: whether one waits for the next Logon that the LP accepts. */
  readonly hasNewPassword: boolean;
  /** Secrets that are stored for another destination than the configuration has now: the LP does not log on before they are entered again. */
  readonly secretsToEnter: readonly SecretName[];
  /** `version`: grows by one with every change of the row's configuration. */
  readonly version: number;
};

/** Secrets of an LP, decrypted: given to its engine only, never shown, logged or sent elsewhere. */
export interface LpCredentials {
  readonly username: string | null;
  readonly password: string | null;
  readonly newPassword: string | null;
  /** session.logonTags, each with its value. */
  readonly logonTags: readonly SecretTag[];
}

/** One rule that a row or a draft breaks: the column as the operator knows it, and the fix. */
export interface ConfigProblem {
  readonly column: string;
  readonly rule: string;
}

/** What a configuration breaks, by the names that the operator knows: `Port`, `session.schedule.timeZone`, `retry.typo`. */
export function problemsOf(error: z.ZodError): readonly ConfigProblem[] {
  return error.issues.flatMap((issue) => {
    const [first, ...rest] = issue.path.map(String);
    const path = first === undefined ? [] : [columnOf(first), ...rest];
    if (issue.code !== 'unrecognized_keys') return [{ column: path.join('.'), rule: issue.message }];
    return issue.keys.map((key) => ({ column: [...path, key].join('.'), rule: issue.message }));
  });
}
