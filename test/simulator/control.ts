import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Fault, faultSchema } from './fault.ts';
import type { SimulatorState } from './witness.ts';

/** What the control port works on. */
export interface Controlled {
  state(): SimulatorState;
  commit(fault: Fault): void;
}

/** Loopback HTTP control of a running simulated LP: `GET /state`, `POST /fault` with a fault as JSON. Resolves when it listens. */
export function startControl(lp: Controlled, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(lp, request, response).catch((error: unknown) => reply(response, 500, { error: String(error) }));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function answer(lp: Controlled, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /state':
      reply(response, 200, lp.state());
      return;
    case 'POST /fault': {
      const fault = faultSchema.safeParse(await readJson(request));
      if (!fault.success) {
        reply(response, 400, { error: z.prettifyError(fault.error) });
        return;
      }
      lp.commit(fault.data);
      reply(response, 200, lp.state());
      return;
    }
    default:
      reply(response, 404, { error: 'GET /state or POST /fault' });
  }
}

/** Null when the body is not JSON. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
