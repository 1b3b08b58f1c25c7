import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { refusedIdsSchema } from '../operations/argument-schemas.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { discardRefused, refusedWrites, retryRefused } from '../operations/refused-writes.ts';
import { actorSchema, apiActor, reasonArgument, refusals } from './api-arguments.ts';
import { unwrap } from './failure-error.ts';
import { refusedWriteSchema } from './response-schemas.ts';

const answer = { 200: z.object({ refused: z.array(refusedWriteSchema).readonly() }), ...refusals };

/** What the database or NATS refused for good: the export, another try, and giving up. */
export function refusedRoutes(operations: OperationDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/refused-writes',
      {
        schema: {
          summary: 'Writes that the database or NATS refused for good, with all that was to be written',
          response: answer,
        },
      },
      async () => ({ refused: unwrap(await refusedWrites(operations)) }),
    );

    app.post(
      '/refused-writes/retry',
      {
        schema: {
          summary: 'Tries them again; answers with those that are left',
          body: z.strictObject({ reason: reasonArgument, actor: actorSchema }),
          response: answer,
        },
      },
      async (request) => {
        const { reason, actor } = request.body;
        return { refused: unwrap(await retryRefused(operations, apiActor(request, actor), { reason })) };
      },
    );

    app.post(
      '/refused-writes/discard',
      {
        schema: {
          summary: 'Gives up those that are named, for good; answers with those that are left',
          body: z.strictObject({ ids: refusedIdsSchema, reason: reasonArgument, actor: actorSchema }),
          response: answer,
        },
      },
      async (request) => {
        const { ids, reason, actor } = request.body;
        return { refused: unwrap(await discardRefused(operations, apiActor(request, actor), { ids, reason })) };
      },
    );
  };
}
