import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FaultRequest } from './fault.ts';
import type { SimulatorState } from './witness.ts';

export interface SimulatorArguments {
  readonly port?: number;
  readonly controlPort?: number;
  readonly sender?: string;
  readonly target?: string;
  readonly rate?: number;
  readonly seed?: number;
  readonly reset?: boolean;
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly clientCaFile?: string };
  /** As on the command line: `refuse-logon=text`, `flap=10`, `silent` … */
  readonly faults?: readonly string[];
  /** The program to run; the source by default, which this Node runs as it is. */
  readonly program?: string;
}

/** A simulated LP in a process of its own, from the side of a test or the demo. */
export class SimulatorProcess {
  readonly port: number;
  readonly controlPort: number;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, listening: { port: number; controlPort: number; pid: number }) {
    this.#child = child;
    this.port = listening.port;
    this.controlPort = listening.controlPort;
    this.pid = listening.pid;
  }

  /** Resolves when it listens. It ends with this process, however this one ends. */
  static async start(options: SimulatorArguments = {}): Promise<SimulatorProcess> {
    const program = options.program ?? fileURLToPath(new URL('./main.ts', import.meta.url));
    const child = spawn(process.execPath, [program, ...toArgv(options)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A Ctrl+C in the terminal is for the console first, which logs out while the LP is still there.
      detached: true,
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4_000);
    });
    const lines = createInterface({ input: child.stdout });
    const line = await Promise.race([
      once(lines, 'line').then(([first]) => String(first)),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the simulated LP ended with ${String(code)}: ${errors}`);
      }),
    ]);
    lines.close();
    child.stdout.resume();
    return new SimulatorProcess(child, JSON.parse(line));
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async state(): Promise<SimulatorState> {
    const response = await fetch(`http://127.0.0.1:${this.controlPort}/state`);
    return (await response.json()) as SimulatorState;
  }

  /** Commits a fault, or switches a standing one on; `{ kind: 'none' }` ends the standing ones. */
  async fault(fault: FaultRequest): Promise<SimulatorState> {
    const response = await fetch(`http://127.0.0.1:${this.controlPort}/fault`, { method: 'POST', body: JSON.stringify(fault) });
    if (!response.ok) throw new Error(`the simulated LP refused the fault: ${await response.text()}`);
    return (await response.json()) as SimulatorState;
  }

  /** Asks every 25 ms until the state satisfies; rejects with the last state after `timeoutMs`. */
  async until(satisfied: (state: SimulatorState) => boolean, timeoutMs = 10_000): Promise<SimulatorState> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const state = await this.state();
      if (satisfied(state)) return state;
      if (Date.now() > deadline) throw new Error(`not reached within ${timeoutMs} ms: ${JSON.stringify(state, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Resolves when the process is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (!this.running) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

function toArgv({ tls, faults, ...options }: SimulatorArguments): string[] {
  const argv = ['--owned', '--port', String(options.port ?? 0), '--control-port', String(options.controlPort ?? 0)];
  if (options.sender !== undefined) argv.push('--sender', options.sender);
  if (options.target !== undefined) argv.push('--target', options.target);
  if (options.rate !== undefined) argv.push('--rate', String(options.rate));
  if (options.seed !== undefined) argv.push('--seed', String(options.seed));
  if (options.reset === true) argv.push('--reset');
  if (tls !== undefined) argv.push('--tls', '--cert', tls.certFile, '--key', tls.keyFile);
  if (tls?.clientCaFile !== undefined) argv.push('--client-ca', tls.clientCaFile);
  for (const fault of faults ?? []) argv.push('--fault', fault);
  return argv;
}
