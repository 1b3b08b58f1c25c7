import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Actor } from '../contracts/audit.ts';
import type { Result } from '../contracts/result.ts';
import { providerSchema } from '../operations/argument-schemas.ts';
import { kill, killAll, rearm } from '../operations/kill.ts';
import { activate, deactivate, restart, takeOver } from '../operations/lp-life.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { actorSchema, apiActor, reasonArgument, refusals } from './api-arguments.ts';
import { FailureError, unwrap } from './failure-error.ts';
import { killIncidentSchema, lpViewSchema } from './response-schemas.ts';

const params = z.object({ provider: providerSchema });
const body = z.strictObject({ reason: reasonArgument, actor: actorSchema });
const typed = z.string().max(200);

type Action = (
  deps: OperationDeps,
  actor: Actor,
  args: { readonly provider: string; readonly reason: string },
) => Promise<Result<null>>;

const ACTIONS: readonly { readonly name: string; readonly summary: string; readonly run: Action }[] = [
  { name: 'activate', summary: 'Sets the LP active and starts it; one that runs is first stopped', run: activate },
  { name: 'deactivate', summary: 'Logs out, stops engine and tunnel; answers when they are gone', run: deactivate },
  { name: 'restart', summary: 'Stops the LP and starts it again', run: restart },
];

/** Activate, deactivate, restart, kill, re-arm. */
export function actionRoutes(operations: OperationDeps): FastifyPluginAsyncZod {
  /** The state after the action. An LP that went away meanwhile has none. */
  const stateOf = (provider: string) => ({ lp: operations.control.view(provider) });
  const lpAnswer = { 200: z.object({ lp: lpViewSchema.nullable() }), ...refusals };
  const killAnswer = { 202: z.object({ incident: killIncidentSchema }), ...refusals };

  return async (app) => {
    for (const { name, summary, run } of ACTIONS) {
      app.post(`/lps/:provider/${name}`, { schema: { summary, params, body, response: lpAnswer } }, async (request) => {
        const { provider } = request.params;
        unwrap(await run(operations, apiActor(request, request.body.actor), { provider, reason: request.body.reason }));
        return stateOf(provider);
      });
    }

    app.post(
      '/lps/:provider/rearm',
      {
        schema: {
          summary: 'Takes the kill latch off; the LP stays inactive',
          params,
          body: body.extend({ typed: typed.describe('the name of the LP') }),
          response: lpAnswer,
        },
      },
      async (request) => {
        const { provider } = request.params;
        const { reason, actor, typed } = request.body;
        unwrap(await rearm(operations, apiActor(request, actor), { provider, reason, typed }));
        return stateOf(provider);
      },
    );

    app.post(
      '/lps/:provider/take-over',
      {
        schema: {
          summary: 'A person’s word that the silent console which owned the LP is gone; this one takes what it owned',
          params,
          body: body.extend({ typed: typed.describe('the name of the LP') }),
          response: { 200: z.object({ console: z.string(), lps: z.array(z.string()).readonly() }), ...refusals },
        },
      },
      async (request) => {
        const { reason, actor, typed } = request.body;
        return unwrap(await takeOver(operations, apiActor(request, actor), { provider: request.params.provider, reason, typed }));
      },
    );

    app.post(
      '/lps/:provider/kill',
      { schema: { summary: 'Kills the LP: latched when this answers, the rest follows', params, body, response: killAnswer } },
      async (request, reply) => {
        const { provider } = request.params;
        const incident = unwrap(
          await kill(operations, apiActor(request, request.body.actor), { provider, reason: request.body.reason }),
        );
        return reply.code(202).send({ incident });
      },
    );

    app.post(
      '/kill-all',
      {
        schema: {
          summary: 'Kills every LP: latched when this answers, the rest follows',
          body: body.extend({ typed: typed.describe('KILL') }),
          response: killAnswer,
        },
      },
      async (request, reply) => {
        const { reason, actor, typed } = request.body;
        const incident = unwrap(await killAll(operations, apiActor(request, actor), { reason, typed }));
        return reply.code(202).send({ incident });
      },
    );

    app.get(
      '/kills/:id',
      {
        schema: {
          summary: 'How far a kill has got, step by step',
          params: z.object({ id: z.string().max(100) }),
          response: { 200: z.object({ incident: killIncidentSchema }), ...refusals },
        },
      },
      async (request) => {
        const incident = operations.control.incidents().find(({ id }) => id === request.params.id);
        if (incident !== undefined) return { incident };
        throw new FailureError({
          kind: 'user',
          code: 'unknown-incident',
          message: 'There is no such kill incident.',
          field: 'id',
        });
      },
    );
  };
}
