import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../main/base/free-port.ts';
import { type QuickfixOptions, QuickfixProcess } from '../../support/quickfix.ts';
import { builtEngine } from '../../support/script-tcp-peer.ts';

export interface PairOptions {
  /** Seconds. */
  readonly heartBtInt: number;
  /** Further arguments of the engine's command line; it reflects application messages in any case. */
  readonly engine?: readonly string[];
  /** Further QuickFIX session settings. */
  readonly quickfix?: readonly string[];
}

/** The built engine and a QuickFIX C++ acceptor, each with its store in a folder of its own that survives restarts within a test. */
export class Pair {
  private readonly options: PairOptions;
  private readonly port: number;
  private readonly folder: string;
  private engine: ChildProcess | null = null;
  private stderr = '';
  quickfix: QuickfixProcess;

  private constructor(options: PairOptions, port: number, folder: string, quickfix: QuickfixProcess) {
    this.options = options;
    this.port = port;
    this.folder = folder;
    this.quickfix = quickfix;
  }

  /** Both started and logged on. */
  static async loggedOn(options: PairOptions): Promise<Pair> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'vfxlp-interop-'));
    const pair = new Pair(options, port, folder, await QuickfixProcess.start(acceptor(options, port, folder)));
    pair.startEngine();
    await pair.heard('logon');
    return pair;
  }

  /** Folder of the engine's store and logs. */
  get engineFolder(): string {
    return join(this.folder, 'engine');
  }

  get enginePid(): number {
    return this.engine?.pid ?? -1;
  }

  startEngine(): void {
    const launch = builtEngine([
      ...['--sender', 'VFXLP', '--target', 'LP', '--heartbeat', String(this.options.heartBtInt), '--reflect'],
      ...(this.options.engine ?? []),
    ]);
    const [command, args] = launch(this.port, this.engineFolder);
    this.engine = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.engine.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
  }

  /** Dials again: the engine by itself ends with its connection, unless it is still there. */
  async engineAgain(): Promise<void> {
    const engine = this.engine;
    if (engine !== null && engine.exitCode === null && engine.signalCode === null) await this.endEngine('SIGKILL');
    this.startEngine();
  }

  /** SIGTERM asks it to log out, SIGKILL is a crash. Resolves with the exit code when it is gone. */
  async endEngine(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const engine = this.engine;
    if (engine === null || engine.exitCode !== null || engine.signalCode !== null) return engine?.exitCode ?? null;
    const gone = once(engine, 'exit');
    engine.kill(signal);
    await gone;
    return engine.exitCode;
  }

  async quickfixAgain(): Promise<void> {
    await this.quickfix.kill();
    this.quickfix = await QuickfixProcess.start(acceptor(this.options, this.port, this.folder));
  }

  /** As QuickfixProcess.heard, with what the engine said added to a failure. */
  async heard(pattern: string | RegExp, from = 0): Promise<string> {
    try {
      return await this.quickfix.heard(pattern, from);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\nthe engine said\n${this.stderr}`);
    }
  }

  /** Resolves when the engine's FIX log has `text`, which a log line holds as on the wire. Rejects after ten seconds. */
  async loggedByEngine(text: string): Promise<void> {
    const end = performance.now() + 10_000;
    while (performance.now() < end) {
      const entries = await readdir(this.engineFolder, { recursive: true, withFileTypes: true });
      for (const entry of entries.filter((each) => each.isFile())) {
        if ((await readFile(join(entry.parentPath, entry.name), 'latin1')).includes(text)) return;
      }
      await sleep(20);
    }
    throw new Error(`the engine's log has no ${JSON.stringify(text)}\n${this.stderr}`);
  }

  /** Text(58) of the application messages that QuickFIX took, oldest first, from line `from` on. */
  taken(from = 0): string[] {
    return this.quickfix.lines.slice(from).flatMap((line) => (line.startsWith('app ') ? [line.split(' ')[4] ?? ''] : []));
  }

  async end(): Promise<void> {
    await this.endEngine('SIGKILL');
    await this.quickfix.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function acceptor(options: PairOptions, port: number, folder: string): QuickfixOptions {
  return {
    role: 'acceptor',
    port,
    folder: join(folder, 'quickfix'),
    heartBtInt: options.heartBtInt,
    mode: 'talk',
    settings: options.quickfix ?? [],
  };
}
