import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../contracts/audit.ts';
import { reasonSchema } from '../operations/argument-schemas.ts';
import { askerOf } from './guards.ts';
import { failureSchema } from './response-schemas.ts';

/** Who the caller says it acts for: nobody checks it, so the audit has it beside the token's name. */
export const actorSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .exactOptional()
  .describe('For whom, where that is not the token’s name: goes into the audit beside it');
export const reasonArgument = reasonSchema;

export function apiActor(request: FastifyRequest, claimed: string | undefined): Actor {
  const { identity, from } = askerOf(request);
  const { name, role } = identity;
  return { name, role, claimed: claimed ?? null, source: 'api', from };
}

/** What any route may answer besides its own. */
export const refusals = {
  400: failureSchema.describe('An argument has the wrong shape'),
  401: failureSchema.describe('Token missing or wrong'),
  403: failureSchema.describe('Host header not allowed, or the token’s role does not allow it'),
  404: failureSchema.describe('No such LP'),
  409: failureSchema.describe('The state of the LP forbids it'),
  412: failureSchema.describe('Not the version that If-Match names; ETag has the one that is stored'),
  422: failureSchema.describe('An argument breaks a rule; `field` names it'),
  500: failureSchema.describe('A bug; the cause is in the log'),
  503: failureSchema.describe('A part of the installation is down'),
} as const;
