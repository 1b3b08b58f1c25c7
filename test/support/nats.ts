import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type NatsConnection } from 'nats.ws';
import { WebSocket } from 'ws';
import { freePort } from '../../main/base/free-port.ts';
import { requireTool } from './system-tools.ts';

export interface TestNats {
  /** ws://127.0.0.1:port; the same after a restart. */
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL: connections break without a word. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: connections stay and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Goes on with further lines of configuration: permissions, say; none: as it began. */
  configure(more: string): void;
  /** Subscribes; JSON payloads arrive in `received`, in order. */
  subscribe(subject: string): Promise<TestSubscription>;
  stop(): Promise<void>;
}

export interface TestSubscription {
  readonly received: readonly { readonly subject: string; readonly payload: unknown; readonly messageId: string }[];
  close(): Promise<void>;
}

export interface NatsConfig {
  /** Lines of its own: users, limits. */
  readonly lines?: string;
  /** Of the WebSocket listener. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Who subscribes in the tests. */
  readonly listener?: ConnectionOptions;
}

/** A real nats-server with a WebSocket listener on loopback. */
export async function startTestNats(given: NatsConfig = {}): Promise<TestNats> {
  const binary = await requireTool('nats-server');
  const dir = mkdtempSync(join(tmpdir(), 'vfxlp-nats-'));
  const port = await freePort();
  const config = join(dir, 'nats.conf');
  const log = join(dir, 'nats.log');
  const write = ({ lines = '', tls }: NatsConfig): void => {
    const security = tls === undefined ? 'no_tls: true' : `tls { cert_file: "${tls.certFile}", key_file: "${tls.keyFile}" }`;
    const own = `host: 127.0.0.1\nport: -1\nlog_file: "${log}"\nwebsocket { host: 127.0.0.1, port: ${port}, ${security} }\n`;
    writeFileSync(config, `${own}${lines}\n`);
  };
  write(given);
  let child: ChildProcess | null = null;

  const start = async () => {
    const process = spawn(binary, ['-c', config], { stdio: 'ignore' });
    child = process;
    while (!(await accepts(port))) {
      if (process.exitCode !== null) throw new Error(`nats-server ended at once: ${readFileSync(log, 'utf8')}`);
      await new Promise((next) => setTimeout(next, 20));
    }
  };
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    const process = child;
    child = null;
    if (process === null || process.exitCode !== null) return;
    const gone = new Promise((done) => process.once('exit', done));
    process.kill(signal);
    await gone;
  };
  await start();
  return {
    url: `${given.tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${port}`,
    start,
    kill: () => end('SIGKILL'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    configure: (more) => {
      write({ ...given, lines: more });
      child?.kill('SIGHUP');
    },
    subscribe: (subject) => subscribe(`ws://127.0.0.1:${port}`, subject, given.listener ?? {}),
    async stop() {
      child?.kill('SIGCONT');
      await end('SIGTERM');
      rmSync(dir, { recursive: true });
    },
  };
}

async function subscribe(url: string, subject: string, listener: ConnectionOptions): Promise<TestSubscription> {
  const received: { subject: string; payload: unknown; messageId: string }[] = [];
  const options = {
    ...listener,
    servers: url,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    wsFactory: (address: string) => Promise.resolve({ socket: new WebSocket(address), encrypted: false }),
  };
  const connection: NatsConnection = await connect(options);
  connection.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) throw error;
      received.push({ subject: message.subject, payload: message.json(), messageId: message.headers?.get('Nats-Msg-Id') ?? '' });
    },
  });
  await connection.flush();
  return { received, close: () => connection.close() };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connectTcp(port, '127.0.0.1');
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
    socket.once('connect', () => socket.destroy());
  });
}
