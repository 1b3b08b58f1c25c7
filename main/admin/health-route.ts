import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Health } from '../contracts/lp-view.ts';
import { healthSchema } from './response-schemas.ts';

const answer = z.object({ status: z.enum(['ok', 'degraded', 'down']), parts: healthSchema });

/** Worst part. NATS down is only degraded: events wait in the outbox and sessions run on. */
export function overall({ nats, ...others }: Health): 'ok' | 'degraded' | 'down' {
  if (Object.values(others).some((part) => part.state === 'down')) return 'down';
  const fine = [nats, ...Object.values(others)].every((part) => part.state === 'ok' || part.state === 'off');
  return fine ? 'ok' : 'degraded';
}

/** `/healthz`, without a token: for load balancers and probes. It names no LP, host or folder. */
export function healthRoute(health: () => Health): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/healthz',
      {
        schema: {
          summary: 'Health of the console, 503 when it cannot do its work',
          security: [],
          response: { 200: answer, 503: answer },
        },
      },
      async (_request, reply) => {
        const parts = health();
        const status = overall(parts);
        return reply.code(status === 'down' ? 503 : 200).send({ status, parts });
      },
    );
  };
}
