import { z } from 'zod';
import { type DisconnectReason, REASONS, type ReasonCode } from '../contracts/disconnect-reason.ts';
import { KILL_STEPS, type KillIncident } from '../contracts/kill.ts';
import { type LpConfig, lpConfigSchema } from '../contracts/lp-config.ts';
import { type Health, LANE_STEPS, type LpState, type LpView, TIMELINE_EVENTS, type TimelineEvent } from '../contracts/lp-view.ts';
import type { RefusedWrite } from '../contracts/refused.ts';
import type { Failure } from '../contracts/result.ts';
import type { SecretName } from '../contracts/secret-destination.ts';
import { answeredShape } from '../operations/config-shape.ts';

/**
 * What the admin API answers, for its OpenAPI document and as a filter: a key that is not named here does not leave the process,
 * whatever an object came to carry.
 */

/** Encodes what it decodes, so that the compiler compares each schema with the contract in both directions. */
type Same<T> = z.ZodType<T, T>;

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const epochMs = z.number().describe('epoch, ms');
const epochMsOrNull = epochMs.nullable();

export const failureSchema = z.object({
  error: z.object({
    kind: z.enum(['user', 'operational', 'unexpected']),
    code: z.string(),
    message: z.string(),
    field: z.string().exactOptional(),
  }),
}) satisfies Same<{ error: Failure }>;

const problems = list(z.object({ column: z.string(), rule: z.string() }));

const disconnectReason = z.object({
  code: z.enum(Object.keys(REASONS) as readonly ReasonCode[]),
  detail: z.string().exactOptional(),
  peerText: z.string().exactOptional(),
  peerExpects: z.number().exactOptional(),
}) satisfies Same<DisconnectReason>;

const killLatch = z.object({ incidentId: z.string(), by: z.string(), reason: z.string(), atMs: epochMs });

const lpState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inactive') }),
  z.object({ kind: z.literal('connecting'), step: z.enum(['engine', 'tunnel', 'tcp']) }),
  z.object({ kind: z.literal('logon') }),
  z.object({ kind: z.literal('logged-on') }),
  z.object({ kind: z.literal('recovering'), received: z.number(), total: z.number() }),
  z.object({ kind: z.literal('stopping') }),
  z.object({ kind: z.literal('retry'), atMs: epochMs, attempt: z.number(), waitsFor: z.literal('database').exactOptional() }),
  z.object({ kind: z.literal('error') }),
  z.object({ kind: z.literal('off-schedule'), opensAtMs: epochMsOrNull }),
  z.object({ kind: z.literal('killed'), latch: killLatch }),
  z.object({ kind: z.literal('foreign'), owner: z.string() }),
]) satisfies Same<LpState>;

const stats = z.object({
  nextIn: z.number(),
  nextOut: z.number(),
  inPerSecond: z.number(),
  outPerSecond: z.number(),
  totalIn: z.number(),
  totalOut: z.number(),
  lastReceivedMs: epochMsOrNull,
  lastSentMs: epochMsOrNull,
  lastMessage: z.object({ direction: z.enum(['in', 'out']), msgType: z.string(), atMs: epochMs }).nullable(),
  testRequestRttMs: z.number().nullable(),
  silentSinceMs: epochMsOrNull.describe('a TestRequest that was sent because of silence is unanswered'),
  gap: z.object({ from: z.number(), to: z.number() }).nullable(),
  rejects: z.number(),
  garbled: z.number(),
  unreadable: z.number(),
  rssBytes: z.number(),
});

const laneStep = z.object({
  name: z.enum(LANE_STEPS),
  light: z.enum(['off', 'doing', 'ok', 'failed', 'skipped']),
  atMs: epochMsOrNull,
  durationMs: z.number().nullable(),
  text: z.string().nullable(),
});

export const lpViewSchema = z.object({
  provider: z.string(),
  state: lpState,
  status: z.union([z.literal(0), z.literal(1), z.literal(2)]).describe('0 inactive, 1 active (logged on), 2 error'),
  reason: disconnectReason.nullable(),
  statusAtMs: epochMsOrNull,
  trouble: z
    .object({ sinceMs: epochMs, downSinceMs: epochMsOrNull })
    .nullable()
    .describe('wanted and not up, or not as it should be, until a Logon has lasted'),
  problems,
  host: z.string(),
  port: z.number(),
  senderCompId: z.string(),
  targetCompId: z.string(),
  heartBtInt: z.number().describe('seconds'),
  ssl: z.boolean(),
  cancelsOnDisconnect: answeredShape(lpConfigSchema.shape.session.unwrap().shape.cancelsOnDisconnect),
  owner: z.string().nullable(),
  silentOwner: z
    .object({ name: z.string(), sinceMs: epochMs })
    .nullable()
    .describe('had the LP and is not heard of any more: take-over needs a word'),
  loggedOnAtMs: epochMsOrNull,
  attempt: z.number(),
  enginePid: z.number().nullable(),
  tunnelPid: z.number().nullable(),
  lane: list(laneStep),
  stats: stats.nullable(),
  statsAtMs: epochMsOrNull,
  spark: list(z.number()).describe('messages a second over the last minute, oldest first'),
  pendingConfig: z.boolean(),
  engineMemoryMb: z.number(),
}) satisfies Same<LpView>;

export const lpConfigAnswer = answeredShape(
  z.strictObject({
    ...lpConfigSchema.shape,
    hasPassword: z.boolean(),
    hasNewPassword: z.boolean(),
    // As text: the document of the API has no answer that names a password as a value.
    secretsToEnter: z.array(z.string() as unknown as z.ZodType<SecretName>),
    version: z.number(),
  }),
) satisfies Same<LpConfig>;

const killStepState = z.enum(['waiting', 'doing', 'done', 'skipped', 'deferred', 'failed']);
const killStep = z.object({ name: z.enum(KILL_STEPS), state: killStepState, atMs: epochMsOrNull, text: z.string().nullable() });
const killLogEntry = z.object({ atMs: epochMs, step: z.enum(KILL_STEPS), state: killStepState, text: z.string().nullable() });

export const killIncidentSchema = z.object({
  id: z.string(),
  scope: z.enum(['lp', 'all']),
  by: z.string(),
  reason: z.string(),
  startedAtMs: epochMs,
  lps: list(
    z.object({
      provider: z.string(),
      steps: list(killStep),
      log: list(killLogEntry),
      outcome: z.enum(['running', 'confirmed', 'not-confirmed']),
    }),
  ),
}) satisfies Same<KillIncident>;

export const timelineEventSchema = z.object({
  n: z.number(),
  provider: z.string(),
  atMs: epochMs,
  event: z.enum(TIMELINE_EVENTS),
  level: z.enum(['info', 'attention', 'alarm']),
  direction: z.enum(['in', 'out']).nullable(),
  text: z.string(),
  seqIn: z.number().nullable(),
  seqOut: z.number().nullable(),
}) satisfies Same<TimelineEvent>;

export const refusedWriteSchema = z.object({
  id: z.string(),
  of: z.enum(['audit', 'lp', 'event']),
  provider: z.string().nullable(),
  atMs: epochMs,
  what: z.string(),
  why: z.string(),
  current: z.boolean().describe('false: something later has taken its place, and it is not tried again'),
  content: z.string().describe('all of it, as JSON text'),
}) satisfies Same<RefusedWrite>;

/** Without its text, which names hosts, folders and LPs: /healthz asks for no token. */
const part = z.object({ state: z.enum(['ok', 'degraded', 'down', 'off']), sinceMs: epochMs });

const probed = part.extend({ checkedAtMs: epochMsOrNull.describe('what is said is of then; null: not looked at yet') });

export const healthSchema = z.object({
  database: probed,
  nats: part.extend({ waiting: z.number() }),
  disk: probed.extend({ freeBytes: z.number() }),
  engines: part.extend({ running: z.number() }),
  ownership: part,
  console: part.extend({ lagMs: z.number().describe('the longest that its event loop was held up in the last minute') }),
}) satisfies Same<{ readonly [P in keyof Health]: Omit<Health[P], 'text'> }>;
