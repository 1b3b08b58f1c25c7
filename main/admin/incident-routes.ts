import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OperationDeps } from '../operations/operation.ts';
import { incident, incidentList } from '../operations/queries.ts';
import { refusals } from './api-arguments.ts';
import { unwrap } from './failure-error.ts';
import { incidentListSchema, storedIncidentSchema } from './incident-schemas.ts';

/** The kills, as they outlive the console. */
export function incidentRoutes(operations: OperationDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/incidents',
      {
        schema: {
          summary: 'The kills, newest first; complete is false while the database is away',
          querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
          response: { 200: incidentListSchema, ...refusals },
        },
      },
      async ({ query: { limit } }) => unwrap(await incidentList(operations, { limit })),
    );

    app.get(
      '/incidents/:id',
      {
        schema: {
          summary: 'One kill with its log of steps and its evidence, as each console has it',
          params: z.object({ id: z.string().max(200) }),
          response: { 200: z.object({ parts: z.array(storedIncidentSchema).readonly() }), ...refusals },
        },
      },
      async ({ params: { id } }) => ({ parts: unwrap(await incident(operations, { id })) }),
    );
  };
}
