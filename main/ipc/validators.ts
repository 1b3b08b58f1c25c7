import { z } from 'zod';
import type { Args, RequestChannel } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import {
  draftShape,
  expirySchema,
  limitSchema,
  providerSchema,
  reasonSchema,
  refusedIdsSchema,
  roleSchema,
  seqNumSchema,
  tokenNameSchema,
} from '../operations/argument-schemas.ts';
import { badArguments } from '../operations/bad-arguments.ts';

type Validators = { readonly [C in RequestChannel]: z.ZodType<Args<C>> };

const typed = z.string().max(200);
const logFilter = z.strictObject({
  direction: z.enum(['both', 'in', 'out']),
  msgType: z.string().max(32),
  text: z.string().max(500),
});
const byProvider = z.strictObject({ provider: providerSchema });
const byProviderWithReason = z.strictObject({ provider: providerSchema, reason: reasonSchema });

/** The shape of every channel's arguments; a channel that is missing here does not compile. Unknown keys are refused. */
const VALIDATORS: Validators = {
  'console.snapshot': z.strictObject({}),
  'lp.config': byProvider,
  'lp.create': z.strictObject({ draft: draftShape }),
  'lp.save': z.strictObject({ draft: draftShape, version: z.int().min(0).exactOptional() }),
  'lp.delete': byProviderWithReason,
  'lp.activate': byProviderWithReason,
  'lp.deactivate': byProviderWithReason,
  'lp.restart': byProviderWithReason,
  'lp.kill': byProviderWithReason,
  'lp.kill-all': z.strictObject({ reason: reasonSchema, typed }),
  'lp.rearm': byProviderWithReason.extend({ typed }),
  'lp.take-over': byProviderWithReason.extend({ typed }),
  'lp.set-sequence': byProviderWithReason.extend({ nextIn: seqNumSchema, nextOut: seqNumSchema }),
  'lp.reset-sequence': byProviderWithReason,
  'lp.test-request': byProvider,
  'lp.resend-request': byProviderWithReason.extend({ from: z.number() }),
  'lp.timeline': byProvider.extend({ limit: limitSchema }),
  'fixlog.open': byProvider.extend({ lines: z.number().int().min(0).max(10_000), filter: logFilter.nullable() }),
  'fixlog.close': byProvider,
  'fixlog.decode': byProvider.extend({ text: z.string().max(900_000) }),
  'token.list': z.strictObject({}),
  'token.create': z.strictObject({ name: tokenNameSchema, role: roleSchema, expiresInDays: expirySchema }),
  'token.revoke': z.strictObject({ name: tokenNameSchema }),
  'audit.list': z.strictObject({ provider: providerSchema.nullable(), limit: limitSchema }),
  'incident.list': z.strictObject({ limit: limitSchema }),
  'incident.get': z.strictObject({ id: z.string().max(200) }),
  'refused.list': z.strictObject({}),
  'refused.retry': z.strictObject({ reason: reasonSchema }),
  'refused.discard': z.strictObject({ ids: refusedIdsSchema, reason: reasonSchema }),
};

export function isRequestChannel(channel: unknown): channel is RequestChannel {
  return typeof channel === 'string' && Object.hasOwn(VALIDATORS, channel);
}

/** Parses the arguments of a request. Fails (user, `bad-arguments`) naming the first argument at fault. */
export function parseArgs<C extends RequestChannel>(channel: C, args: unknown): Result<Args<C>> {
  const parsed = VALIDATORS[channel].safeParse(args);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const unknownKeys = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  return { ok: false, error: badArguments({ path: issue?.path ?? [], message: issue?.message ?? 'invalid', unknownKeys }) };
}
