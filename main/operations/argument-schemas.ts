import { z } from 'zod';
import { provider } from '../contracts/config-rules.ts';
import { ROLES } from '../contracts/identity.ts';
import { lpDraftSchema, namedDraftSchema } from '../contracts/lp-config.ts';
import { askedShape } from './config-shape.ts';

/**
 * Shapes of the operations' arguments: what the doors (IPC, WebSocket, admin API) parse. Unknown keys are refused. Only shape and
 * size are checked here; the rules of a configuration are asked by its store, and what an operator must type or say in the
 * operation itself, so that a refusal is audited.
 */

/** Free text here; the operation limits it to 200 characters and says so. */
export const reasonSchema = z.string().max(2_000).describe('Why: goes into the audit. At most 200 characters.');
export const providerSchema = provider;
export const limitSchema = z.number().int().min(1).max(1_000);
export const tokenNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must have 1 to 64 letters, digits and _ . - and begin with a letter or a digit');
export const roleSchema = z
  .enum(ROLES)
  .describe('viewer looks, operator runs LPs (kill included), admin also changes configuration and tokens');
/** Null: it does not expire. */
export const expirySchema = z.number().positive().max(3_660).nullable();
export const refusedIdsSchema = z.array(z.uuid()).min(1).max(1_000).describe('Which, by `id`');
/** Null leaves the number as it is. */
export const seqNumSchema = z.number().nullable();

/** What an operator sends to create or change an LP. */
export const draftShape = askedShape(lpDraftSchema);
/** The same where the LP may have been named already. */
export const namedDraftShape = askedShape(namedDraftSchema);
