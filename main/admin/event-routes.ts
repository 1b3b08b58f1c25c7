import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { providerSchema } from '../operations/argument-schemas.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { events } from '../operations/queries.ts';
import { refusals } from './api-arguments.ts';
import { unwrap } from './failure-error.ts';
import { timelineEventSchema } from './response-schemas.ts';

/** The latest key events: changes of state and status, Logon, Logout, gaps, Rejects, operator actions. */
export function eventRoutes(operations: OperationDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/events',
      {
        schema: {
          summary: 'The latest key events of one LP or of all, oldest first',
          querystring: z.strictObject({
            provider: providerSchema.exactOptional(),
            limit: z.coerce.number().int().min(1).max(1_000).default(200),
          }),
          response: { 200: z.object({ events: z.array(timelineEventSchema).readonly() }), ...refusals },
        },
      },
      async ({ query: { provider, limit } }) => ({
        events: unwrap(await events(operations, { provider: provider ?? null, limit })),
      }),
    );
  };
}
