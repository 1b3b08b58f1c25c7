import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Failure } from '../contracts/result.ts';
import { badArguments } from '../operations/bad-arguments.ts';
import type { Log } from '../operations/ports.ts';
import { FailureError } from './failure-error.ts';

/** HTTP status of a failure: a part that is down is 503, a bug 500; of the user's, an argument at fault is 422, a state that forbids it 409. */
export function statusOf(failure: Failure): 400 | 403 | 404 | 409 | 412 | 422 | 500 | 503 {
  switch (failure.kind) {
    case 'operational':
      return 503;
    case 'unexpected':
      return 500;
    case 'user':
      if (failure.code === 'bad-arguments') return 400;
      if (failure.code === 'forbidden') return 403;
      if (failure.code === 'config-changed') return 412;
      if (failure.code.startsWith('unknown-')) return 404;
      if (failure.code.endsWith('-exists') || failure.field === undefined) return 409;
      return 422;
  }
}

/** Answers every failure as `{error: {kind, code, message, field?}}`; what is not the caller's doing goes to the log. */
export function handleErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, failure } = understood(error);
    if (failure.kind === 'unexpected')
      log.error({ err: error, method: request.method, url: request.url }, 'Admin request failed');
    return sendFailure(reply, status, failure);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply) =>
    sendFailure(reply, 404, { kind: 'user', code: 'unknown-path', message: `There is no ${request.method} on this path.` }),
  );
}

export function sendFailure(reply: FastifyReply, status: number, failure: Failure): FastifyReply {
  // Sent as text: the route's response schemas are for its own answers.
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .serializer((payload) => JSON.stringify(payload))
    .send({ error: failure });
}

function understood(error: unknown): { readonly status: number; readonly failure: Failure } {
  if (error instanceof FailureError) return { status: statusOf(error.failure), failure: error.failure };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [issue] = error.validation;
    const path = (issue?.instancePath ?? '').split('/').filter((part) => part !== '');
    const keys = issue?.params['keys'];
    const unknownKeys = Array.isArray(keys) ? keys.map(String) : [];
    const named = path.length + unknownKeys.length > 0;
    const failure = badArguments({
      // A body that is a draft has the columns' names; no other body has arguments that are called like one.
      path: named && error.validationContext === 'body' ? ['draft', ...path] : path,
      message: issue?.message ?? 'invalid',
      unknownKeys,
    });
    return { status: 400, failure };
  }
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500) {
    // Fastify's own refusals: body too large, not JSON, wrong content type.
    return { status: error.statusCode, failure: { kind: 'user', code: 'bad-request', message: error.message } };
  }
  const message = 'The console failed to do this; the cause is in its log.';
  return { status: 500, failure: { kind: 'unexpected', code: 'unexpected', message } };
}
