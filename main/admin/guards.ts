import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isOwnHost } from '../operations/access.ts';
import type { Door } from '../operations/door.ts';
import type { Identity } from '../operations/tokens.ts';
import { sendFailure } from './http-errors.ts';

/** Refuses requests whose Host header is not ours, on every route: the defence against DNS rebinding. */
export function guardHost(app: FastifyInstance, listenHost: string): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isOwnHost(request.headers.host, listenHost)) return;
    const message = 'The Host header names another site; use the address that the console printed.';
    return sendFailure(reply, 403, { kind: 'user', code: 'bad-host', message });
  });
}

const identities = new WeakMap<FastifyRequest, Identity>();

/** Who asks, on a route behind `guardToken`. */
export function identityOf(request: FastifyRequest): Identity {
  const identity = identities.get(request);
  if (identity === undefined) throw new Error('a route that asks for no token asked who is there');
  return identity;
}

/** Asks for `Authorization: Bearer` on the routes of `scope`. */
export function guardToken(scope: FastifyInstance, door: Door): void {
  scope.addHook('onRequest', async (request, reply) => {
    const identity = door.identify(bearer(request), request.ip);
    if (identity !== null) {
      identities.set(request, identity);
      return;
    }
    if (!(await door.penalty(request.ip))) {
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    }
    const message =
      'Send a token that is valid as Authorization: Bearer. The console’s own is VFXLP_ADMIN_TOKEN, or stored in the data folder.';
    return sendFailure(reply.header('www-authenticate', 'Bearer'), 401, { kind: 'user', code: 'unauthorized', message });
  });
}

function bearer(request: FastifyRequest): string {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

/** Headers that keep the console's page to itself, on every answer. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    reply.headers({
      'content-security-policy': contentSecurityPolicy(request.headers.host ?? ''),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}

/** The WebSocket of the same host is named, for browsers in which 'self' does not cover it. Mantine writes style attributes. */
function contentSecurityPolicy(host: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "media-src 'self' data:",
    `connect-src 'self' ws://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
