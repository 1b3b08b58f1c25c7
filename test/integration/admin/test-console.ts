import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { systemClock } from '../../../main/base/clock.ts';
import { type RunningConsole, startConsole } from '../../../main/console.ts';
import type { LpDraft } from '../../../main/contracts/lp-config.ts';
import { forkLauncher } from '../../../main/sessions/engine/fork-launcher.ts';
import type { Settings } from '../../../main/settings/settings.ts';
import { LATCH_WRITER } from '../../support/latch-writer.ts';
import { LOG_SERVER } from '../../support/log-server.ts';
import type { TestDatabase } from '../../support/postgres.ts';
import { READING_THREAD } from '../../support/reading-thread.ts';

export const TOKEN = 'integration-token-0123456789';

const ENGINE = fileURLToPath(new URL('../../../main/engine/entry.ts', import.meta.url));

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  /** Null when the body is not JSON. */
  readonly json: unknown;
}

export interface TestConsole {
  readonly console: RunningConsole;
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly fixLogDir: string;
  /** What the console logged, as parsed records. */
  readonly log: readonly Record<string, unknown>[];
  /** A request with the token; headers given replace its own, undefined leaves one out. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string | undefined>): Promise<Answer>;
  close(): Promise<void>;
}

/** The whole console, headless, on a database of its own: real engines, real HTTP. */
export async function startTestConsole(database: TestDatabase, settings: Partial<Settings> = {}): Promise<TestConsole> {
  const folder = mkdtempSync(join(tmpdir(), 'vfxlp-console-'));
  const rendererDir = join(folder, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>VFXLP</title>');
  writeFileSync(join(rendererDir, 'assets', 'index-1a2b3c.js'), 'export {};');
  const fixLogDir = join(folder, 'fix');
  mkdirSync(fixLogDir);
  const log: Record<string, unknown>[] = [];
  const running = await startConsole({
    settings: {
      databaseUrl: database.url,
      natsUrl: null,
      dataDir: folder,
      fixLogDir,
      logQuota: { bytes: 0, days: 0 },
      dictionaryDirs: [join(folder, 'dictionaries')],
      adminHost: '127.0.0.1',
      adminPort: 0,
      adminNames: [],
      tls: null,
      trustedProxies: [],
      rearmByTwo: false,
      adminToken: TOKEN,
      asksBeforeTakeOver: false,
      secretKey: Buffer.alloc(32, 7),
      ...settings,
    },
    clock: systemClock,
    log: pino({}, { write: (line) => log.push(JSON.parse(line)) }),
    launcher: forkLauncher(ENGINE),
    version: '0.0.0-test',
    latchWriter: LATCH_WRITER,
    logServer: LOG_SERVER,
    readingThread: READING_THREAD,
    rendererDir,
    env: process.env,
  });
  if (running.admin === null) throw new Error('the admin port is off');
  const { url, port } = running.admin;
  return {
    console: running,
    url,
    port,
    folder,
    fixLogDir,
    log,
    send: (method, path, body, headers) => send(port, method, path, body, headers),
    close: async () => {
      await running.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** node:http and not fetch: only it can send a Host header of its own. */
async function send(
  port: number,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string | undefined> = {},
): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const given = {
    authorization: `Bearer ${TOKEN}`,
    ...(text === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers: sent, agent: false });
  outgoing.end(text);
  const [response] = await once(outgoing, 'response');
  let received = '';
  for await (const chunk of response.setEncoding('utf8')) received += chunk;
  return { status: response.statusCode, headers: response.headers, text: received, json: parsed(received) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}

export const draft = (port: number): LpDraft => ({
  provider: 'LP-A',
  host: '127.0.0.1',
  port,
  senderCompId: 'DESK',
  targetCompId: 'LPA',
  heartBtInt: 30,
  ssl: false,
});
