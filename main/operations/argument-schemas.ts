import { z } from 'zod';

/**
 * Shapes of the operations' arguments: what the doors (IPC, WebSocket, admin API) parse. Unknown keys are refused. Only shape and
 * size are checked here; the rules of each column stand in the configuration store, and what an operator must type or say in the
 * operation itself, so that a refusal is audited.
 */

const MAX_TEXT = 2_000;
const text = z.string().max(MAX_TEXT);
const number = z.number();

/** Free text here; the operation limits it to 200 characters and says so. */
export const reasonSchema = text.describe('Why: goes into the audit. At most 200 characters.');
export const providerSchema = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . or -')
  .describe('Name of the LP: letters, digits and _ . -');
export const limitSchema = z.number().int().min(1).max(10_000);
/** Null leaves the number as it is. */
export const seqNumSchema = z.number().nullable();

const hostPort = z.strictObject({ host: text, port: number });

const retrySchema = z.strictObject({
  baseMs: number.describe('ms').exactOptional(),
  logonBaseMs: number.describe('ms').exactOptional(),
  factor: number.exactOptional(),
  capMs: number.describe('ms').exactOptional(),
  maxAttempts: number.describe('0: no limit').exactOptional(),
  stableMs: number.describe('ms').exactOptional(),
});

const tunnelSchema = z.strictObject({
  verify: z.enum(['chain', 'pinned', 'none']).exactOptional(),
  caFile: text.nullable().exactOptional(),
  checkHost: text.nullable().exactOptional(),
  sni: text.nullable().exactOptional(),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).exactOptional(),
  certFile: text.nullable().exactOptional(),
  keyFile: text.nullable().exactOptional(),
});

const scheduleSchema = z.strictObject({
  kind: z.enum(['daily', 'weekly']),
  timeZone: text.describe('IANA name, e.g. America/New_York'),
  startDay: number.describe('0 = Sunday … 6 = Saturday'),
  endDay: number,
  startTime: text.describe('HH:MM'),
  endTime: text.describe('HH:MM'),
  breakStart: text.nullable(),
  breakEnd: text.nullable(),
});

const sessionSchema = z.strictObject({
  resetOnLogon: z.boolean().exactOptional(),
  resetNotHonoured: z.enum(['refuse', 'continue']).exactOptional(),
  sendNextExpected: z.boolean().exactOptional(),
  senderSubId: text.nullable().exactOptional(),
  targetSubId: text.nullable().exactOptional(),
  logonTags: z
    .array(z.tuple([number, text]))
    .max(100)
    .exactOptional(),
  logonTimeoutMs: number.exactOptional(),
  logoutAckMs: number.exactOptional(),
  testRequestThreshold: number.exactOptional(),
  sendingTimeThresholdMs: number.exactOptional(),
  maxMessageBytes: number.exactOptional(),
  validate: z.boolean().exactOptional(),
  dictionaryFile: text.nullable().exactOptional(),
  whenDisconnected: z.enum(['queue', 'refuse']).exactOptional(),
  cancelsOnDisconnect: z.enum(['yes', 'no', 'unknown']).exactOptional(),
  backupHosts: z.array(hostPort).max(20).exactOptional(),
  failbackMs: number.exactOptional(),
  schedule: scheduleSchema.nullable().exactOptional(),
});

/** What an operator sends to create or change an LP. */
export const draftSchema = z.strictObject({
  provider: providerSchema,
  host: text,
  port: number,
  senderCompId: text,
  targetCompId: text,
  heartBtInt: number.describe('seconds'),
  ssl: z.boolean(),
  retry: retrySchema.exactOptional(),
  tunnel: tunnelSchema.exactOptional(),
  session: sessionSchema.exactOptional(),
  username: text.nullable().exactOptional(),
  password: text.nullable().exactOptional().describe('Write-only. Left out: the stored one stays; null: removed.'),
  newPassword: text
    .nullable()
    .exactOptional()
    .describe(
      'Write-only: NewPassword(925) of the next Logon; the password once the LP accepts it. Left out: the stored one stays; null: removed.',
    ),
});
