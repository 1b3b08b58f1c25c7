import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ENGINE_V8_FLAGS } from '../../main/contracts/processes.ts';
import { FIX44_XML } from '../support/quickfix.ts';
import { compileCpp } from '../support/quickfix-compile.ts';
import { builtEngine } from '../support/script-tcp-peer.ts';

const JSPUREFIX = fileURLToPath(new URL('./jspurefix-initiator.ts', import.meta.url));

/** One line of a blaster: a round of `blast` or `resend`, or the figures of `rtt` or `heartbeats`. */
export interface BlasterLine {
  readonly messages?: number;
  readonly resent?: number;
  readonly ms?: number;
  readonly p50Us?: number;
  readonly p99Us?: number;
  readonly heartbeats?: number;
  readonly within50?: number;
  readonly p99Ms?: number;
}

/** The initiators that are compared. before: ours, as another checkout has it. jspurefix: as its samples run it, with its FIX log; jspurefix bare: without any log. */
export type Party = 'ours' | 'before' | 'quickfix' | 'jspurefix' | 'jspurefix bare';

interface Checkout {
  readonly folder: string;
  /** With which the console of that checkout runs its engines. */
  readonly v8Flags: readonly string[];
}

async function v8FlagsOf(checkout: string): Promise<readonly string[]> {
  const processes = resolve(checkout, 'main/contracts/processes.ts');
  if (!existsSync(processes)) return [];
  const { ENGINE_V8_FLAGS: flags } = (await import(processes)) as { readonly ENGINE_V8_FLAGS?: readonly string[] };
  return flags ?? [];
}

/** Programs of a bench run and their folders; every one that was started is ended by `end`. */
export class Bench {
  private readonly running = new Set<ChildProcess>();
  private readonly folders: string[] = [];
  private readonly blaster: string;
  private readonly quickfix: string;
  private readonly before: Checkout;

  private constructor(before: Checkout, blaster: string, quickfix: string) {
    this.before = before;
    this.blaster = blaster;
    this.quickfix = quickfix;
  }

  /** @param before another checkout, built, for the party of that name */
  static async open(before = '.'): Promise<Bench> {
    return new Bench(
      { folder: before, v8Flags: await v8FlagsOf(before) },
      await compileCpp('test/bench/blaster.cpp', ['pthread']),
      await compileCpp('test/support/quickfix-peer.cpp', ['quickfix', 'pthread']),
    );
  }

  /** Starts a blaster (its arguments stand at the top of blaster.cpp); resolves when it listens. */
  async startBlaster(...args: (string | number)[]): Promise<{ readonly port: number; readonly done: Promise<BlasterLine[]> }> {
    const child = this.track(spawn(this.blaster, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] }));
    const lines: string[] = [];
    if (child.stdout === null) throw new Error('the blaster has no stdout');
    const reader = createInterface({ input: child.stdout });
    const done = new Promise<BlasterLine[]>((resolve, reject) => {
      reader.on('line', (line) => lines.push(line));
      child.once('close', (code) => {
        if (code === 0) resolve(lines.slice(1).map((line) => JSON.parse(line) as BlasterLine));
        else reject(new Error(`blaster ${args.join(' ')} ended with ${code}`));
      });
    });
    // Awaited by the caller after the initiator has been started.
    done.catch(() => undefined);
    await once(reader, 'line');
    return { port: Number(lines[0]?.split(' ')[1]), done };
  }

  /** Starts an initiator with an empty store. HeartBtInt in seconds; reflect sends every application message back. */
  async startInitiator(party: Party, port: number, heartBtInt: number, reflect = false): Promise<ChildProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'vfxlp-bench-'));
    this.folders.push(folder);
    const [command, args] = this.commandLine(party, port, folder, heartBtInt, reflect);
    // stdin stays open: QuickFIX's program ends with it. What the programs print would cost time here.
    return this.track(spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] }));
  }

  private commandLine(
    party: Party,
    port: number,
    folder: string,
    heartBtInt: number,
    reflect: boolean,
  ): readonly [string, readonly string[]] {
    switch (party) {
      case 'ours':
      case 'before': {
        const options = ['--sender', 'VFXLP', '--target', 'LP', '--heartbeat', String(heartBtInt)];
        const [node, [engine = '', ...rest]] = builtEngine(reflect ? [...options, '--reflect'] : options)(port, folder);
        const checkout = party === 'before' ? this.before : { folder: '.', v8Flags: ENGINE_V8_FLAGS };
        return [node, [...checkout.v8Flags, join(checkout.folder, engine), ...rest]];
      }
      case 'quickfix':
        return [this.quickfix, ['initiator', String(port), folder, FIX44_XML, String(heartBtInt), reflect ? 'reflect' : 'quiet']];
      case 'jspurefix':
        return [process.execPath, [JSPUREFIX, String(port), join(folder, 'fix.log')]];
      case 'jspurefix bare':
        return [process.execPath, [JSPUREFIX, String(port)]];
    }
  }

  /** What the blaster measured; rejects at once when the initiator ends before the blaster is done. Ends the initiators in any case. */
  async measured(done: Promise<readonly BlasterLine[]>, initiators: readonly ChildProcess[]): Promise<readonly BlasterLine[]> {
    const died = initiators.map(async (initiator) => {
      const [code, signal] = await once(initiator, 'exit');
      throw new Error(`an initiator ended (${code ?? signal}) in the middle of a measurement`);
    });
    try {
      return await Promise.race([done, ...died]);
    } finally {
      await Promise.all([
        ...initiators.map((initiator) => this.stop(initiator)),
        ...died.map((each) => each.catch(() => undefined)),
      ]);
    }
  }

  /** Ends one process; resolves when it is gone. */
  async stop(child: ChildProcess): Promise<void> {
    this.running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async end(): Promise<void> {
    await Promise.all([...this.running].map((child) => this.stop(child)));
    await Promise.all(this.folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  }

  private track(child: ChildProcess): ChildProcess {
    this.running.add(child);
    return child;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
