import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { TokenInfo } from '../contracts/identity.ts';
import { expirySchema, roleSchema, tokenNameSchema } from '../operations/argument-schemas.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { createToken, listTokens, revokeToken } from '../operations/token-admin.ts';
import type { Tokens } from '../operations/tokens.ts';
import { actorSchema, apiActor, refusals } from './api-arguments.ts';
import { unwrap } from './failure-error.ts';

const info = z.object({
  name: z.string(),
  role: roleSchema,
  createdAtMs: z.number().nullable().describe('epoch, ms; null: the console’s own'),
  expiresAtMs: z.number().nullable().describe('epoch, ms; null: does not expire'),
}) satisfies z.ZodType<TokenInfo, TokenInfo>;

const DEFAULT_DAYS = 90;

/** Making, listing and revoking tokens: for admins. */
export function tokenRoutes(operations: OperationDeps, tokens: Tokens): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/tokens',
      {
        schema: {
          summary: 'All tokens: name, role, expiry',
          response: { 200: z.object({ tokens: z.array(info).readonly() }), ...refusals },
        },
      },
      async (request) => ({ tokens: unwrap(listTokens(apiActor(request, undefined), tokens)) }),
    );

    app.post(
      '/tokens',
      {
        schema: {
          summary: 'Makes a token, which is answered this once and never again',
          body: z.strictObject({
            name: tokenNameSchema,
            role: roleSchema,
            expiresInDays: expirySchema.default(DEFAULT_DAYS).describe('null: does not expire'),
            actor: actorSchema,
          }),
          response: { 201: z.object({ token: z.string(), info }), ...refusals },
        },
      },
      async (request, reply) => {
        const { actor, ...asked } = request.body;
        return reply.code(201).send(unwrap(await createToken(operations, tokens, apiActor(request, actor), asked)));
      },
    );

    app.delete(
      '/tokens/:name',
      {
        schema: {
          summary: 'Revokes a token; what is connected with it is cut off',
          params: z.object({ name: tokenNameSchema }),
          querystring: z.strictObject({ actor: actorSchema }),
          response: { 204: z.null().describe('Revoked'), ...refusals },
        },
      },
      async (request, reply) => {
        unwrap(await revokeToken(operations, tokens, apiActor(request, request.query.actor), request.params.name));
        return reply.code(204).send(null);
      },
    );
  };
}
