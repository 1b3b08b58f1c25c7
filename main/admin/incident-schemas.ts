import { z } from 'zod';
import type { IncidentList, KillEvidence, StoredIncident } from '../contracts/stored-incident.ts';
import { killIncidentSchema } from './response-schemas.ts';

/** What the admin API answers about kills: as `response-schemas`. */
type Same<T> = z.ZodType<T, T>;

const epochMs = z.number().describe('epoch, ms');
const texts = z.array(z.string()).readonly();
const numbers = z.object({ nextIn: z.number().nullable(), nextOut: z.number().nullable() });

const evidence = z.object({
  provider: z.string(),
  loggedOnAtMs: epochMs.nullable(),
  atPress: numbers,
  atEnd: numbers.nullable(),
  gap: z.object({ from: z.number(), to: z.number() }).nullable(),
  messages: z
    .array(z.object({ at: z.string(), direction: z.enum(['in', 'out']), text: z.string() }))
    .readonly()
    .nullable()
    .describe('the last of each direction, passwords masked, oldest first'),
  problem: z.string().nullable(),
}) satisfies Same<KillEvidence>;

export const storedIncidentSchema = z.object({
  console: z.string(),
  incident: killIncidentSchema,
  evidence: z.array(evidence).readonly(),
}) satisfies Same<StoredIncident>;

export const incidentListSchema = z.object({
  complete: z.boolean(),
  incidents: z
    .array(
      z.object({
        id: z.string(),
        console: z.string(),
        scope: z.enum(['lp', 'all']),
        by: z.string(),
        reason: z.string(),
        startedAtMs: epochMs,
        lps: texts,
        open: texts.describe('not confirmed (yet)'),
      }),
    )
    .readonly(),
}) satisfies Same<IncidentList>;
