import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineCommand, EngineReport, EngineSettings } from '../../../main/contracts/engine-protocol.ts';
import { DEFAULT_SESSION, type SessionOptions } from '../../../main/contracts/lp-config.ts';

type ReportOf<T extends EngineReport['type']> = Extract<EngineReport, { type: T }>;

/** A folder for an engine's store and log, with its settings. */
export class EngineHome {
  readonly dir = mkdtempSync(join(tmpdir(), 'vfxlp-engine-'));

  settings(session: Partial<SessionOptions> = {}, heartBtInt = 30): EngineSettings {
    return {
      provider: 'LP',
      senderCompId: 'US',
      targetCompId: 'LP',
      heartBtInt,
      session: { ...DEFAULT_SESSION, ...session },
      credentials: { username: 'desk', password: 'hunter2', newPassword: null, logonTags: [] },
      storeDir: join(this.dir, 'store'),
      logDir: join(this.dir, 'log'),
    };
  }

  get fixLog(): string {
    return join(this.dir, 'log', 'fix.log');
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** The engine as the Session Manager runs it: a process with a channel. */
export class EngineProcess {
  readonly reports: EngineReport[] = [];
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly child: ChildProcess;
  #changed: (() => void)[] = [];
  #taken = 0;

  constructor() {
    this.child = fork('main/engine/entry.ts', [], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.child.on('message', (report) => {
      this.reports.push(report as EngineReport);
      this.#announce();
    });
    this.exited = new Promise((resolve) => {
      this.child.on('exit', (code, signal) => {
        resolve({ code, signal });
        this.#announce();
      });
    });
  }

  send(command: EngineCommand): void {
    this.child.send(command);
  }

  connect(port: number, host = '127.0.0.1'): void {
    this.send({ type: 'connect', target: { host, port, tunnel: false } });
  }

  /** The next report of this type, leaving out those before it. */
  async report<T extends EngineReport['type']>(type: T): Promise<ReportOf<T>> {
    for (;;) {
      const at = this.reports.findIndex((report, i) => i >= this.#taken && report.type === type);
      if (at >= 0) {
        this.#taken = at + 1;
        return this.reports[at] as ReportOf<T>;
      }
      if (this.child.exitCode !== null) throw new Error(`the engine ended without ${type}`);
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  #announce(): void {
    for (const wake of this.#changed.splice(0)) wake();
  }
}
