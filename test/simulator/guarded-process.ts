import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface GuardedOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** How long it may take to end after SIGTERM, ms. */
  readonly stopMs: number;
}

/** Ends the process $1 when standard input closes, that is when whoever held it is gone: SIGTERM, and SIGKILL after $2 seconds. */
const GUARD = `read -r _; kill -TERM "$1" || exit 0
for second in $(seq "$2"); do sleep 1; kill -0 "$1" 2>/dev/null || exit 0; done
kill -KILL "$1"`;

/** A program that does not outlive this one, also when this one is killed; in a process group of its own, so that a Ctrl+C in the terminal does not reach it. */
export class GuardedProcess {
  readonly #child: ChildProcess;
  readonly #stopMs: number;
  /** Its exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  #output = '';

  private constructor(child: ChildProcess, stopMs: number) {
    this.#child = child;
    this.#stopMs = stopMs;
    const collect = (text: string) => {
      this.#output = (this.#output + text).slice(-20_000);
    };
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
    const guard = spawn('/bin/sh', ['-c', GUARD, 'vfxlp-guard', String(child.pid), String(Math.ceil(stopMs / 1_000))], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.exited = once(child, 'exit').then(() => {
      guard.kill('SIGKILL');
      return child.exitCode;
    });
  }

  /** Rejects when the program cannot be started. */
  static async start(program: string, argv: readonly string[], { env, stopMs }: GuardedOptions): Promise<GuardedProcess> {
    const child = spawn(program, [...argv], { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: env ?? process.env });
    await once(child, 'spawn');
    return new GuardedProcess(child, stopMs);
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The end of what it wrote. */
  get output(): string {
    return this.#output;
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#stopMs);
    await this.exited;
    clearTimeout(timer);
  }
}
