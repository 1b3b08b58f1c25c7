import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type FarmCommand =
  | { readonly type: 'state' }
  | { readonly type: 'stream'; readonly perSecond: number }
  | { readonly type: 'mute'; readonly on: boolean };

/** Times by the machine's monotonic clock, ms; of the last session. */
export interface FarmLp {
  readonly loggedOn: boolean;
  readonly sessions: number;
  readonly logoutAtMs: number | null;
  readonly endedMs: number | null;
  readonly complaints: readonly string[];
}

export type FarmReport =
  | { readonly type: 'listening'; readonly ports: readonly number[] }
  | { readonly type: 'state'; readonly lps: readonly FarmLp[] };

/** The clock of `FarmLp`, ms. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Many LPs in a process of their own, which ends with this one. */
export class LpFarm {
  readonly ports: readonly number[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ports: readonly number[]) {
    this.#child = child;
    this.ports = ports;
  }

  static async start(count: number): Promise<LpFarm> {
    const child = fork(fileURLToPath(new URL('./lp-farm-process.ts', import.meta.url)), [String(count)]);
    const [report] = (await once(child, 'message')) as [FarmReport];
    if (report.type !== 'listening') throw new Error('the LPs do not listen');
    return new LpFarm(child, report.ports);
  }

  command(command: FarmCommand): void {
    this.#child.send(command);
  }

  async state(): Promise<readonly FarmLp[]> {
    const answered = once(this.#child, 'message') as Promise<[FarmReport]>;
    this.command({ type: 'state' });
    const [report] = await answered;
    if (report.type !== 'state') throw new Error('another answer');
    return report.lps;
  }

  /** Asks every 50 ms: what happened when is in the answer, and asking costs the machine that is measured. @throws Error after `limitMs` */
  async until(what: string, satisfied: (lps: readonly FarmLp[]) => boolean, limitMs = 60_000): Promise<readonly FarmLp[]> {
    const deadline = monotonicMs() + limitMs;
    for (;;) {
      const lps = await this.state();
      if (satisfied(lps)) return lps;
      if (monotonicMs() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
      await new Promise((later) => setTimeout(later, 50));
    }
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
