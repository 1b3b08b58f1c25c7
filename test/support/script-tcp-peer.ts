import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeMessage } from './script-message.ts';
import type { Heard, ScriptPeer } from './script-runner.ts';

/** The command line that starts the engine under test against a port, with its data in a folder. */
export type Launch = (port: number, dataDir: string) => readonly [command: string, args: readonly string[]];

/** The built engine; `options` are further arguments of its command line. */
export const builtEngine =
  (options: readonly string[]): Launch =>
  (port, dataDir) => [
    process.execPath,
    ['out/main/engine.js', '--host', '127.0.0.1', '--port', String(port), '--data', dataDir, ...options],
  ];

/** How long a message may take that is due at once, ms: generous, because the machine may be busy. */
const PATIENCE_MS = 4_000;

/** The counterparty over loopback TCP, against the built engine as a process of its own. */
export class TcpPeer implements ScriptPeer {
  private readonly server: Server;
  private readonly dataDir: string;
  private readonly launch: Launch;
  private engine: ChildProcess | null = null;
  private socket: Socket | null = null;
  private buffer = '';
  private closed = false;
  private granted = 0;
  private wake: () => void = () => undefined;
  private stdout = '';
  private stderr = '';

  private constructor(server: Server, dataDir: string, launch: Launch) {
    this.server = server;
    this.dataDir = dataDir;
    this.launch = launch;
    server.on('connection', (socket) => this.accept(socket));
  }

  /** Listens on a free port. The engine is started by the first `connect`. */
  static async open(launch: Launch): Promise<TcpPeer> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpPeer(server, await mkdtemp(join(tmpdir(), 'vfxlp-conformance-')), launch);
  }

  nowMs(): number {
    return Date.now();
  }

  async connect(): Promise<void> {
    if (this.engine === null || this.engine.exitCode !== null || this.engine.signalCode !== null) this.start();
    const arrived = await this.until(() => this.socket !== null, PATIENCE_MS + 6_000);
    if (!arrived) throw new Error(`the engine did not connect\n${this.stderr}`);
  }

  write(wire: string): void {
    this.socket?.write(wire, 'latin1');
  }

  next(): Promise<Heard> {
    const patience = PATIENCE_MS + this.granted;
    this.granted = 0;
    return this.during(patience);
  }

  async during(ms: number): Promise<Heard> {
    await this.until(() => this.closed || takeMessage(this.buffer) !== null, ms);
    const taken = takeMessage(this.buffer);
    if (taken !== null) {
      this.buffer = taken.rest;
      return { kind: 'message', wire: taken.wire };
    }
    if (!this.closed) return { kind: 'silence' };
    this.socket = null;
    return { kind: 'closed', reason: null };
  }

  advance(ms: number): void {
    this.granted += ms;
  }

  close(): void {
    this.socket?.destroy();
    this.socket = null;
  }

  async crash(): Promise<void> {
    await this.kill();
    this.close();
  }

  async operator(action: string): Promise<void> {
    if (action !== 'logout') throw new Error(`the command line has no "${action}"`);
    this.engine?.kill('SIGTERM');
  }

  /** Reports of the engine and its logs on disk, which are complete when it has ended: this ends it. */
  async logged(): Promise<string> {
    const engine = this.engine;
    if (engine !== null && engine.exitCode === null && engine.signalCode === null) {
      const gone = once(engine, 'close');
      engine.kill('SIGTERM');
      await gone;
    }
    const folder = join(this.dataDir, 'log');
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    if (files.length === 0) throw new Error(`the engine wrote no log into ${folder}`);
    const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
    return [this.stdout, this.stderr, ...texts].join('\n');
  }

  async end(): Promise<void> {
    await this.kill();
    this.close();
    this.server.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private start(): void {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    const [command, args] = this.launch(address.port, this.dataDir);
    const engine = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    engine.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString();
    });
    engine.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    engine.on('exit', () => this.wake());
    this.engine = engine;
  }

  private async kill(): Promise<void> {
    const engine = this.engine;
    this.engine = null;
    if (engine === null || engine.exitCode !== null || engine.signalCode !== null) return;
    engine.kill('SIGKILL');
    await once(engine, 'exit');
  }

  private accept(socket: Socket): void {
    this.socket = socket;
    this.buffer = '';
    this.closed = false;
    socket.on('data', (chunk: Buffer) => {
      if (this.socket !== socket) return;
      this.buffer += chunk.toString('latin1');
      this.wake();
    });
    // A reset is how a peer that was killed ends; what matters is that the connection is closed, and 'close' follows.
    socket.on('error', (error) => {
      this.stderr += `${error.message}\n`;
    });
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.closed = true;
      this.wake();
    });
    this.wake();
  }

  /** Resolves true as soon as `ready` holds, false when it does not within `ms`. */
  private until(ready: () => boolean, ms: number): Promise<boolean> {
    if (ready()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), ms);
      const settle = (value: boolean): void => {
        clearTimeout(timer);
        this.wake = () => undefined;
        resolve(value);
      };
      this.wake = () => {
        if (ready()) settle(true);
      };
    });
  }
}
