import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compileCpp } from './quickfix-compile.ts';

const SOURCE = 'test/support/quickfix-peer.cpp';
/** jspurefix ships the FIX 4.4 dictionary in QuickFIX's own format. */
export const FIX44_XML = 'node_modules/jspurefix/data/FIX44.xml';

export interface QuickfixOptions {
  readonly role: 'acceptor' | 'initiator';
  readonly port: number;
  /** Folder for store and log; kept by the caller. */
  readonly folder: string;
  /** Seconds. */
  readonly heartBtInt: number;
  readonly mode: 'talk' | 'reflect' | 'quiet';
  /** Further QuickFIX session settings, `Key=Value`. */
  readonly settings?: readonly string[];
}

/** A running QuickFIX counterparty: its events as lines, its commands as lines (both listed at the top of quickfix-peer.cpp). */
export class QuickfixProcess {
  /** Every line it has said, oldest first. */
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();
  private stderr = '';

  private constructor(child: ChildProcess) {
    this.child = child;
    if (child.stdout === null || child.stderr === null) throw new Error('the QuickFIX process has no pipes');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      for (const look of this.waiting) look();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    child.on('exit', () => {
      for (const look of this.waiting) look();
    });
  }

  /** Resolves when it listens (acceptor) or dials (initiator). */
  static async start(options: QuickfixOptions): Promise<QuickfixProcess> {
    const program = await compileCpp(SOURCE, ['quickfix', 'pthread']);
    const { role, port, folder, heartBtInt, mode, settings = [] } = options;
    const args = [role, String(port), folder, FIX44_XML, String(heartBtInt), mode, ...settings];
    const quickfix = new QuickfixProcess(spawn(join(process.cwd(), program), args, { stdio: ['pipe', 'pipe', 'pipe'] }));
    await quickfix.heard('ready');
    return quickfix;
  }

  command(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** The first line from index `from` on that is `pattern` or matches it. Rejects after `withinMs`, or when the process is gone, with what was said. */
  async heard(pattern: string | RegExp, from = 0, withinMs = 15_000): Promise<string> {
    const found = (): string | undefined =>
      this.lines.slice(from).find((line) => (typeof pattern === 'string' ? line === pattern : pattern.test(line)));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(new Error(`QuickFIX did not say ${pattern}; it said\n${this.said()}`)), withinMs);
      const settle = (outcome: string | Error): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        if (typeof outcome === 'string') resolve(outcome);
        else reject(outcome);
      };
      const look = (): void => {
        const line = found();
        if (line !== undefined) settle(line);
        else if (this.child.exitCode !== null || this.child.signalCode !== null) {
          settle(new Error(`QuickFIX ended before it said ${pattern}: ${this.said()}`));
        }
      };
      this.waiting.add(look);
      look();
    });
  }

  /** Next expected inbound and next outbound MsgSeqNum, as QuickFIX has them. */
  async state(): Promise<{ readonly nextIn: number; readonly nextOut: number }> {
    const from = this.lines.length;
    this.command('state');
    const [, nextIn, nextOut] = (await this.heard(/^state /, from)).split(' ').map(Number);
    return { nextIn: nextIn ?? Number.NaN, nextOut: nextOut ?? Number.NaN };
  }

  /** Stops it where it is, sockets open, until `resume`. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** Ends it without warning, as a crash would; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  private said(): string {
    return `${this.lines.slice(-60).join('\n')}\n${this.stderr}`;
  }
}
