import { createServer as createHttp, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttps, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import fastifySwagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Clock } from '../base/clock.ts';
import { isErrno } from '../base/errors.ts';
import type { Turns } from '../base/turns.ts';
import { WS_PATH } from '../contracts/ipc.ts';
import type { Health } from '../contracts/lp-view.ts';
import type { Access } from '../operations/access.ts';
import type { Door } from '../operations/door.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { actionRoutes } from './action-routes.ts';
import { serveConsole } from './console-files.ts';
import { eventRoutes } from './event-routes.ts';
import { addSecurityHeaders, guardHost, guardToken, takeTurns } from './guards.ts';
import { healthRoute } from './health-route.ts';
import { handleErrors } from './http-errors.ts';
import { incidentRoutes } from './incident-routes.ts';
import { lpRoutes } from './lp-routes.ts';
import { renderMetrics } from './metrics.ts';
import { refusedRoutes } from './refused-routes.ts';
import { loadTls, renewTls, type TlsFiles } from './tls-files.ts';
import { tokenRoutes } from './token-routes.ts';

/** From the connection's (or the next request's) beginning until its headers are there, and until all of it is. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** How often both are looked at. */
const CHECK_MS = 1_000;
const LIMITS = {
  headersTimeout: HEADERS_MS,
  requestTimeout: REQUEST_MS,
  connectionsCheckingInterval: CHECK_MS,
  handshakeTimeout: HEADERS_MS,
  minVersion: 'TLSv1.2',
} as const;
/** Screens, programs and probes of a desk are a few dozen. */
const MAX_CONNECTIONS = 256;
/** A draft with everything in it. */
const MAX_BODY_BYTES = 128 * 1024;
const SAY_EVERY_MS = 60_000;
/** What a running request has left when the console ends. */
const CLOSE_WAIT_MS = 1_000;

export interface AdminParts {
  /** `VFXLP_ADMIN_HOST`. */
  readonly host: string;
  /** `VFXLP_ADMIN_PORT`; 0: any free port. */
  readonly port: number;
  readonly door: Door;
  readonly access: Access;
  /** Null: plain HTTP. */
  readonly tls: TlsFiles | null;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly version: string;
  readonly operations: OperationDeps;
  readonly health: () => Health;
  /** Folder of the built renderer; null: no browser console. */
  readonly consoleFolder: string | null;
  /** Takes WebSocket upgrades on WS_PATH over; null: refused. */
  readonly onUpgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | null;
}

export interface Admin {
  /** Where it listens, without a path: http://127.0.0.1:8480, https:// where it speaks TLS. */
  readonly url: string;
  readonly port: number;
  /** Takes no more requests and waits for those that run; what is still connected after a second is cut off, whatever it does. */
  close(): Promise<void>;
}

/** Starts admin API, metrics and browser console on one port. Rejects with a sentence for the operator when it cannot listen, or has no certificate. */
export async function startAdmin(parts: AdminParts): Promise<Admin> {
  const { tls, clock, operations } = parts;
  const loaded = tls === null ? null : await loadTls(tls);
  const upgraded = new Set<Duplex>();
  const app = fastify({
    logger: false,
    forceCloseConnections: 'idle',
    trustProxy: false,
    bodyLimit: MAX_BODY_BYTES,
    serverFactory: (handler) =>
      (loaded === null ? createHttp(LIMITS, handler) : createHttps({ ...LIMITS, ...loaded }, handler)) as HttpServer,
  });
  const connected = limitConnections(app, parts);
  try {
    await build(app, parts);
    handUpgradesOver(app, parts, upgraded);
    await app.listen({ host: parts.host, port: parts.port });
  } catch (error) {
    await app.close();
    throw listenError(error, parts);
  }
  const endRenewal =
    tls === null || loaded === null
      ? () => undefined
      : renewTls(app.server as unknown as HttpsServer, tls, loaded, clock, operations.log);
  const { port } = app.server.address() as AddressInfo;
  const name = parts.host.includes(':') ? `[${parts.host}]` : parts.host;
  return {
    url: `${loaded === null ? 'http' : 'https'}://${name}:${port}`,
    port,
    close: async () => {
      endRenewal();
      // The server waits for every socket that it accepted, also for those that it handed over, and for those that never asked anything.
      for (const socket of upgraded) socket.destroy();
      const cutOff = setTimeout(() => {
        for (const socket of connected) socket.destroy();
      }, CLOSE_WAIT_MS);
      await app.close();
      clearTimeout(cutOff);
    },
  };
}

/** Every connection, from its first byte on; those beyond the limit, or that would have to speak in the clear over a network, are refused, and told of once a minute. */
function limitConnections({ server }: FastifyInstance, { access, operations: { log } }: AdminParts): ReadonlySet<Socket> {
  const connected = new Set<Socket>();
  server.maxConnections = MAX_CONNECTIONS;
  server.on('connection', (socket) => {
    if (!access.mayConnect(socket.remoteAddress)) {
      say(
        socket.remoteAddress,
        'A connection that came neither from this machine nor from a trusted proxy was refused: the port speaks plain HTTP',
      );
      socket.destroy();
      return;
    }
    connected.add(socket);
    socket.once('close', () => connected.delete(socket));
  });
  const said = new Map<string, number>();
  const say = (from: string | undefined, text: string): void => {
    const nowMs = performance.now();
    if (nowMs - (said.get(text) ?? Number.NEGATIVE_INFINITY) < SAY_EVERY_MS) return;
    said.set(text, nowMs);
    log.warn({ from }, text);
  };
  server.on('drop', (dropped) =>
    say(dropped?.remoteAddress, `The admin port has ${MAX_CONNECTIONS} connections and takes no more`),
  );
  return connected;
}

function handUpgradesOver(app: FastifyInstance, { onUpgrade, operations }: AdminParts, upgraded: Set<Duplex>): void {
  app.server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    // An upgraded socket is ours alone: an error that nobody listens to would end the process.
    socket.on('error', (error) => operations.log.warn({ err: error }, 'WebSocket connection error'));
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === WS_PATH && onUpgrade !== null) onUpgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
  });
}

async function build(app: FastifyInstance, parts: AdminParts): Promise<void> {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // JSON only: a form of another site can send text/plain without asking.
  app.removeContentTypeParser('text/plain');
  handleErrors(app, parts.operations.log);
  takeTurns(app, parts.turns);
  guardHost(app, parts.access);
  addSecurityHeaders(app, parts.access);
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'VFXLP console admin API', version: parts.version },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(healthRoute(parts.health));
  await app.register(metricsRoute(parts));
  await app.register(apiRoutes(app, parts), { prefix: '/api/v1' });
  if (parts.consoleFolder !== null) await serveConsole(app, parts.consoleFolder);
}

function apiRoutes(app: FastifyInstance, { operations, door, access }: AdminParts): FastifyPluginAsync {
  return async (scope) => {
    guardToken(scope, door, access);
    await scope.register(lpRoutes(operations));
    await scope.register(actionRoutes(operations));
    await scope.register(eventRoutes(operations));
    await scope.register(incidentRoutes(operations));
    await scope.register(refusedRoutes(operations));
    await scope.register(tokenRoutes(operations, door.tokens));
    scope.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  };
}

/** Prometheus sends bearer tokens, so metrics ask for the token as all else does. */
function metricsRoute({ operations, health, door, access }: AdminParts): FastifyPluginAsync {
  return async (scope) => {
    guardToken(scope, door, access);
    scope.get('/metrics', { schema: { summary: 'Metrics in the Prometheus text format' } }, async (_request, reply) => {
      const { contentType, text } = await renderMetrics(operations.control.views(), health(), door.refused);
      return reply.header('content-type', contentType).send(text);
    });
  };
}

function listenError(error: unknown, { host, port }: AdminParts): unknown {
  const code = isErrno(error) ? error.code : '';
  if (code === 'EADDRINUSE') {
    return new Error(`Port ${port} on ${host} is in use: set VFXLP_ADMIN_PORT to a free one, or 0 for any`, { cause: error });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES') {
    return new Error(`Cannot listen on ${host}:${port} (${code}): check VFXLP_ADMIN_HOST and VFXLP_ADMIN_PORT`, { cause: error });
  }
  return error;
}
