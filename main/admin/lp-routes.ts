import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Failure } from '../contracts/result.ts';
import { namedDraftShape, providerSchema } from '../operations/argument-schemas.ts';
import { createLp, deleteLp, saveLp } from '../operations/lp-configuration.ts';
import { type OperationDeps, unknownProvider } from '../operations/operation.ts';
import { isStored, lpConfig } from '../operations/queries.ts';
import { actorSchema, apiActor, reasonArgument, refusals } from './api-arguments.ts';
import { FailureError, unwrap } from './failure-error.ts';
import { lpConfigAnswer, lpViewSchema } from './response-schemas.ts';

const params = z.object({ provider: providerSchema });
const applies = z.enum(['now', 'next-logon']).describe('when a live session takes the change up');

const ifMatch = z
  .string()
  .regex(/^(\*|"\d{1,9}")$/, 'must be an ETag of this LP, as "7", or *')
  .exactOptional()
  .describe('refuses the save with 412 when another version is stored');

const etagOf = ({ version }: { readonly version: number }): string => `"${version}"`;
const versionOf = (etag: string | undefined) =>
  etag === undefined || etag === '*' ? {} : { version: Number(etag.slice(1, -1)) };
const notThere = (provider: string): Failure => ({
  kind: 'user',
  code: 'config-changed',
  message: `There is no LP named ${provider} any more. Nothing was saved.`,
});

/** Listing, reading, creating, changing and deleting LPs. */
export function lpRoutes(operations: OperationDeps): FastifyPluginAsyncZod {
  const viewOf = (provider: string) => {
    const view = operations.control.view(provider);
    if (view === null) throw new FailureError(unknownProvider(provider));
    return view;
  };

  return async (app) => {
    app.get(
      '/lps',
      {
        schema: {
          summary: 'All LPs, with their live state',
          response: { 200: z.object({ lps: z.array(lpViewSchema).readonly() }), ...refusals },
        },
      },
      async () => ({ lps: operations.control.views() }),
    );

    app.get(
      '/lps/:provider',
      {
        schema: {
          summary: 'One LP: live state and configuration (null when its row is invalid; the problems are in its state)',
          params,
          response: { 200: z.object({ lp: lpViewSchema, config: lpConfigAnswer.nullable() }), ...refusals },
        },
      },
      async ({ params: { provider } }, reply) => {
        const lp = viewOf(provider);
        const config = await lpConfig(operations, { provider });
        if (config.ok) reply.header('etag', etagOf(config.value));
        return { lp, config: !config.ok && config.error.code === 'config-invalid' ? null : unwrap(config) };
      },
    );

    app.put(
      '/lps/:provider',
      {
        schema: {
          summary: 'Creates the LP, inactive, or saves a new configuration of it',
          params,
          querystring: z.strictObject({ actor: actorSchema }),
          headers: z.looseObject({ 'if-match': ifMatch }),
          body: namedDraftShape,
          response: {
            200: z.object({ config: lpConfigAnswer, applies }),
            201: z.object({ config: lpConfigAnswer, applies }),
            ...refusals,
          },
        },
      },
      async (request, reply) => {
        const { provider } = request.params;
        if (request.body.provider !== undefined && request.body.provider !== provider) {
          const message = `The body names ${request.body.provider}, the path ${provider}; an LP cannot be renamed.`;
          throw new FailureError({ kind: 'user', code: 'provider-differs', message, field: 'Provider' });
        }
        const actor = apiActor(request, request.query.actor);
        const draft = { ...request.body, provider };
        const expected = request.headers['if-match'];
        if (!unwrap(await isStored(operations, provider))) {
          if (expected !== undefined) throw new FailureError(notThere(provider));
          const config = unwrap(await createLp(operations, actor, { draft }));
          return reply.code(201).header('etag', etagOf(config)).send({ config, applies: 'now' });
        }
        const saved = await saveLp(operations, actor, { draft, ...versionOf(expected) });
        if (saved.ok) return reply.header('etag', etagOf(saved.value.config)).send(saved.value);
        if (saved.error.code === 'config-changed') {
          const stored = await lpConfig(operations, { provider });
          if (stored.ok) reply.header('etag', etagOf(stored.value));
        }
        throw new FailureError(saved.error);
      },
    );

    app.delete(
      '/lps/:provider',
      {
        schema: {
          summary: 'Deletes an inactive LP; its logs and audit stay',
          params,
          querystring: z.strictObject({ reason: reasonArgument, actor: actorSchema }),
          response: { 204: z.null().describe('Deleted'), ...refusals },
        },
      },
      async (request, reply) => {
        const { reason, actor } = request.query;
        unwrap(await deleteLp(operations, apiActor(request, actor), { provider: request.params.provider, reason }));
        return reply.code(204).send(null);
      },
    );
  };
}
