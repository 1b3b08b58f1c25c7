import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Turns } from '../base/turns.ts';
import type { Access, Caller } from '../operations/access.ts';
import type { Door } from '../operations/door.ts';
import type { Identity } from '../operations/tokens.ts';
import { sendFailure } from './http-errors.ts';

/** Requests begin one by one, those of each connection in their turn; a kill does not wait. */
export function takeTurns(app: FastifyInstance, turns: Turns): void {
  app.addHook('onRequest', async (request, reply) => {
    const isKill = request.method === 'POST' && /^\/api\/v1\/(lps\/[^/]+\/kill|kill-all)(\?|$)/.test(request.url);
    if (isKill || (await turns.take(request.raw.socket))) return;
    const message = 'Too many requests at once; wait for answers.';
    return sendFailure(reply, 429, { kind: 'user', code: 'too-many-requests', message });
  });
}

const callerOf = (access: Access, request: FastifyRequest): Caller =>
  access.caller(request.headers, request.raw.socket.remoteAddress);

/** Refuses requests whose Host header is not ours, or whose way is open, on every route: the defence against DNS rebinding among them. */
export function guardHost(app: FastifyInstance, access: Access): void {
  app.addHook('onRequest', async (request, reply) => {
    const message = access.refusal(callerOf(access, request));
    if (message !== null) return sendFailure(reply, 403, { kind: 'user', code: 'bad-host', message });
  });
}

const known = new WeakMap<FastifyRequest, { readonly identity: Identity; readonly from: string }>();

/** Who asks and from which address, on a route behind `guardToken`. */
export function askerOf(request: FastifyRequest): { readonly identity: Identity; readonly from: string } {
  const asker = known.get(request);
  if (asker === undefined) throw new Error('a route that asks for no token asked who is there');
  return asker;
}

/** Asks for `Authorization: Bearer` on the routes of `scope`. */
export function guardToken(scope: FastifyInstance, door: Door, access: Access): void {
  scope.addHook('onRequest', async (request, reply) => {
    const { from } = callerOf(access, request);
    const identity = door.identify(bearer(request), from);
    if (identity !== null) {
      known.set(request, { identity, from });
      return;
    }
    if (!(await door.penalty(from))) {
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
export function addSecurityHeaders(app: FastifyInstance, access: Access): void {
  app.addHook('onSend', async (request, reply) => {
    reply.headers({
      'content-security-policy': contentSecurityPolicy(callerOf(access, request)),
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
function contentSecurityPolicy({ host, scheme }: Caller): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "media-src 'self' data:",
    `connect-src 'self' ${scheme === 'https' ? 'wss' : 'ws'}://${host ?? ''}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
