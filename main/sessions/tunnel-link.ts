import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { HostPort, LpConfig } from '../contracts/lp-config.ts';
import type { Tunnel, TunnelManager, TunnelNote } from './ports.ts';

export interface TunnelListener {
  note(note: TunnelNote): void;
  /** stunnel ended by itself. */
  ended(reason: DisconnectReason): void;
}

/** The tunnel of one run: opened before the engine dials, kept over reconnects to the same host, known to be gone when closed. */
export class TunnelLink {
  readonly #tunnels: TunnelManager;
  readonly #listener: TunnelListener;
  #open: { readonly process: Tunnel; readonly target: HostPort } | null = null;
  #failure: DisconnectReason | null = null;

  constructor(tunnels: TunnelManager, listener: TunnelListener) {
    this.#tunnels = tunnels;
    this.#listener = listener;
  }

  get process(): Tunnel | null {
    return this.#open?.process ?? null;
  }

  /** Why the tunnel failed during this attempt, which is better known here than behind it. */
  get failure(): DisconnectReason | null {
    return this.#failure;
  }

  newAttempt(): void {
    this.#failure = null;
  }

  /** The tunnel to this target: the one that runs, or a new one. */
  async open(
    config: LpConfig,
    target: HostPort,
  ): Promise<{ readonly ok: true; readonly tunnel: Tunnel } | { readonly ok: false; readonly reason: DisconnectReason }> {
    const running = this.#open;
    if (running !== null && running.target.host === target.host && running.target.port === target.port) {
      return { ok: true, tunnel: running.process };
    }
    await this.close();
    const started = await this.#tunnels.start(config, target);
    if (started.ok) this.#watch(started.tunnel, target);
    return started;
  }

  async close(): Promise<void> {
    const tunnel = this.#open?.process;
    this.#open = null;
    await tunnel?.stop();
  }

  #watch(tunnel: Tunnel, target: HostPort): void {
    this.#open = { process: tunnel, target };
    tunnel.onNote((note) => {
      if (this.#open?.process !== tunnel) return;
      if (note.kind === 'failed') this.#failure = note.reason;
      this.#listener.note(note);
    });
    tunnel.onExit(({ code, signal }) => {
      if (this.#open?.process !== tunnel) return;
      this.#open = null;
      this.#failure ??= { code: 'tunnel-failed', detail: signal === null ? `exit code ${code ?? '?'}` : signal };
      this.#listener.ended(this.#failure);
    });
  }
}
