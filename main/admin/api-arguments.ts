import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../contracts/audit.ts';
import { reasonSchema } from '../operations/argument-schemas.ts';
import { failureSchema } from './response-schemas.ts';

/** Who asks, as the caller says; the token is the console's, so the name is what the audit has. */
export const actorSchema = z.string().trim().min(1).max(100).describe('Who asks: goes into the audit');
export const reasonArgument = reasonSchema;

export function apiActor(request: FastifyRequest, name: string): Actor {
  return { name, source: 'api', from: request.ip };
}

/** What any route may answer besides its own. */
export const refusals = {
  400: failureSchema.describe('An argument has the wrong shape'),
  401: failureSchema.describe('Token missing or wrong'),
  403: failureSchema.describe('Host header not allowed'),
  404: failureSchema.describe('No such LP'),
  409: failureSchema.describe('The state of the LP forbids it'),
  422: failureSchema.describe('An argument breaks a rule; `field` names it'),
  500: failureSchema.describe('A bug; the cause is in the log'),
  503: failureSchema.describe('A part of the installation is down'),
} as const;
