import type { DisconnectReason } from '../../main/contracts/disconnect-reason.ts';
import type { LocalEnd } from '../../main/contracts/local-end.ts';
import type { HostPort, LpConfig } from '../../main/contracts/lp-config.ts';
import type { Tunnel, TunnelNote } from '../../main/contracts/processes.ts';
import type { TunnelManager } from '../../main/sessions/ports.ts';

type Exit = { readonly code: number | null; readonly signal: string | null };
type Started = Awaited<ReturnType<TunnelManager['start']>>;

export class FakeTunnel implements Tunnel {
  readonly pid: number;
  readonly localEnd: LocalEnd;
  readonly identity: string;
  readonly target: HostPort;
  /** stop: ends when asked. ignores: only SIGKILL ends it. immortal: nothing does. fails: stop rejects. */
  stops: 'stop' | 'ignores' | 'immortal' | 'fails' = 'stop';
  readonly #journal: (what: string) => void;
  readonly #noteListeners: ((note: TunnelNote) => void)[] = [];
  readonly #exitListeners: ((exit: Exit) => void)[] = [];
  #exited = false;

  constructor(pid: number, target: HostPort, identity: string, journal: (what: string) => void) {
    this.pid = pid;
    this.localEnd = { path: `/tunnels/${pid}` };
    this.identity = identity;
    this.target = target;
    this.#journal = journal;
  }

  get alive(): boolean {
    return !this.#exited;
  }

  onNote(listener: (note: TunnelNote) => void): void {
    this.#noteListeners.push(listener);
  }

  onExit(listener: (exit: Exit) => void): void {
    this.#exitListeners.push(listener);
  }

  note(note: TunnelNote): void {
    for (const listener of this.#noteListeners) listener(note);
  }

  exit(exit: Exit): void {
    if (this.#exited) return;
    this.#exited = true;
    for (const listener of this.#exitListeners) listener(exit);
  }

  async stop(): Promise<void> {
    this.#journal('tunnel: stop');
    if (this.stops === 'fails') throw new Error('kill EPERM');
    if (this.stops === 'stop') this.exit({ code: 0, signal: null });
    else await new Promise<void>((resolve) => this.#exitListeners.push(() => resolve()));
  }

  kill(): void {
    this.#journal('tunnel: SIGKILL');
    if (this.stops !== 'immortal') this.exit({ code: null, signal: 'SIGKILL' });
  }
}

/** Starts fake tunnels; `fails` or `holds` the next starts, `obeys` when a start that is held is given up. */
export class FakeTunnels implements TunnelManager {
  readonly tunnels: FakeTunnel[] = [];
  readonly journal: (what: string) => void;
  fails: DisconnectReason | Error | null = null;
  holds = false;
  obeys = false;
  /** What the files of all tunnels hold. */
  files = 'as they were';
  readonly #held: (() => void)[] = [];

  constructor(journal: (what: string) => void = () => undefined) {
    this.journal = journal;
  }

  async identity({ tunnel }: LpConfig, { host, port }: HostPort): Promise<string> {
    return JSON.stringify([host, port, tunnel, this.files]);
  }

  async start(config: LpConfig, target: HostPort, givenUp: AbortSignal): Promise<Started> {
    this.journal('tunnel: start');
    if (this.holds) {
      await new Promise<void>((resolve) => {
        this.#held.push(resolve);
        if (this.obeys) givenUp.addEventListener('abort', () => resolve());
      });
      if (this.obeys && givenUp.aborted) return { ok: false, reason: { code: 'tunnel-failed', detail: 'given up' } };
    }
    if (this.fails instanceof Error) throw this.fails;
    if (this.fails !== null) return { ok: false, reason: this.fails };
    const tunnel = new FakeTunnel(this.tunnels.length + 1, target, await this.identity(config, target), this.journal);
    this.tunnels.push(tunnel);
    return { ok: true, tunnel };
  }

  /** Lets the starts that were held go on. */
  letGo(): void {
    this.holds = false;
    for (const go of this.#held.splice(0)) go();
  }

  tunnel(): FakeTunnel {
    const tunnel = this.tunnels.at(-1);
    if (tunnel === undefined) throw new Error('no tunnel was started');
    return tunnel;
  }

  alive(): FakeTunnel[] {
    return this.tunnels.filter((tunnel) => tunnel.alive);
  }
}
