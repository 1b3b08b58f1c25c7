import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClientFrame, ServerFrame } from '../../main/contracts/ipc.ts';
import { WS_PATH, WS_PROTOCOL } from '../../main/contracts/ipc.ts';
import type { LpView } from '../../main/contracts/lp-view.ts';
import { ok } from '../../main/contracts/result.ts';
import { createFakeDesk } from './fake-desk.ts';
import { fakeLine } from './fake-lps.ts';

/**
 * A stand-in for the console's main process, for work on the screens and for tests of the page's own parts: it speaks the contract
 * over HTTP and WebSocket and makes up its LPs. It is no part of the product.
 */
export interface FakeConsole {
  readonly port: number;
  readonly token: string;
  /** Address of the page, with the token. */
  readonly url: string;
  /** Channels of the requests that came in, in order. */
  readonly requests: readonly string[];
  /** Drops every WebSocket, as a crashed main process would; new ones are accepted. */
  dropAll(): void;
  /** Leaves out the next delta: the counters get a gap. */
  skipDelta(): void;
  /** Changes one LP; the next delta carries it. */
  change(provider: string, to: Partial<LpView>): void;
  stop(): Promise<void>;
}

interface FakeConsoleOptions {
  readonly lps: number;
  /** 0: a free one. */
  readonly port?: number;
  readonly calm?: boolean;
  readonly trouble?: boolean;
  /** Folder of the built page. */
  readonly staticDir?: string;
  /** Lines of FIX log a second. */
  readonly logRate?: number;
}

const TOKEN = 'a-token';
const TICK_MS = 100;
/** Lines that fit into one push; the rest counts as skipped. */
const LINES_PER_PUSH = 200;
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

export async function startFakeConsole(options: FakeConsoleOptions): Promise<FakeConsole> {
  const desk = createFakeDesk({ lps: options.lps, calm: options.calm ?? false, trouble: options.trouble ?? false });
  const requests: string[] = [];
  const tails = new Map<WebSocket, string>();
  let skip = false;
  let line = 0;

  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'));
    const file = join(options.staticDir ?? '.', path === '/' ? 'index.html' : path);
    readFile(file).then(
      (body) => response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  const sockets = new WebSocketServer({
    server,
    path: WS_PATH,
    verifyClient: ({ req }: { req: IncomingMessage }) =>
      String(req.headers['sec-websocket-protocol']).split(/, */).includes(`token.${TOKEN}`),
    handleProtocols: () => WS_PROTOCOL,
  });
  const send = (socket: WebSocket, frame: ServerFrame): void => socket.send(JSON.stringify(frame));
  const pushAll = (frame: ServerFrame): void => {
    for (const socket of sockets.clients) send(socket, frame);
  };
  const linesFor = (provider: string, count: number) =>
    Array.from({ length: count }, () => {
      line++;
      return fakeLine(line, line, provider, Date.now());
    });

  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as ClientFrame;
      requests.push(frame.channel);
      let result = desk.answer(frame);
      if (frame.channel === 'fixlog.open' && result.ok) {
        tails.set(socket, frame.args.provider);
        result = ok({ provider: frame.args.provider, lines: linesFor(frame.args.provider, frame.args.lines) });
      }
      if (frame.channel === 'fixlog.close') tails.delete(socket);
      send(socket, { id: frame.id, result });
    });
    socket.on('close', () => tails.delete(socket));
  });

  const tick = setInterval(() => {
    const delta = desk.takeDelta();
    if (delta !== null && !skip) pushAll({ push: 'console.delta', payload: delta });
    if (delta !== null) skip = false;
    const events = desk.takeTimeline();
    if (events.length > 0) pushAll({ push: 'timeline', payload: events });
    const due = Math.round(((options.logRate ?? 30) * TICK_MS) / 1_000);
    const count = Math.min(due, LINES_PER_PUSH);
    for (const [socket, provider] of tails) {
      send(socket, { push: 'fixlog.lines', payload: { provider, lines: linesFor(provider, count), skipped: due - count } });
    }
  }, TICK_MS);

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const dropAll = (): void => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    port,
    token: TOKEN,
    url: `http://127.0.0.1:${port}/#token=${TOKEN}`,
    requests,
    dropAll,
    skipDelta: () => {
      skip = true;
    },
    change: desk.change,
    stop: async () => {
      clearInterval(tick);
      desk.stop();
      dropAll();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      lps: { type: 'string', default: '8' },
      port: { type: 'string', default: '0' },
      dir: { type: 'string', default: 'out/renderer' },
      calm: { type: 'boolean', default: false },
      trouble: { type: 'boolean', default: false },
      'log-rate': { type: 'string', default: '30' },
    },
  });
  const { url } = await startFakeConsole({
    lps: Number(values.lps),
    port: Number(values.port),
    calm: values.calm,
    trouble: values.trouble,
    staticDir: values.dir,
    logRate: Number(values['log-rate']),
  });
  console.log(url);
}
