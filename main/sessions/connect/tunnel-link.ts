import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import { messageOf } from '../../base/errors.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { HostPort, LpConfig } from '../../contracts/lp-config.ts';
import { exitText, type Tunnel, type TunnelNote } from '../../contracts/processes.ts';
import type { TunnelManager } from '../ports.ts';

export interface TunnelListener {
  note(note: TunnelNote): void;
  /** stunnel ended by itself. */
  ended(reason: DisconnectReason): void;
}

export type OpenedTunnel =
  | { readonly ok: true; readonly tunnel: Tunnel }
  | { readonly ok: false; readonly reason: DisconnectReason };

/** How a tunnel ended: nothing to end, gone, or a process that does not end. */
export interface TunnelEnd {
  readonly gone: boolean;
  /** Null when there was no tunnel. */
  readonly text: string | null;
}

interface OpenTunnel {
  readonly process: Tunnel;
  readonly exited: Promise<void>;
}

/** A start that is given up ends its stunnel; one that cannot is not known to be gone. */
const OPENING_MS = 3_000;
const STOP_MS = 3_000;

/** How far stunnel has come with the connection of an attempt. */
type Progress = 'nothing' | 'accepted' | 'connected' | 'tls';

/** The tunnel of one run: opened before the engine dials, kept over reconnects while nothing that made it has changed, known to be gone when shut. */
export class TunnelLink {
  readonly #tunnels: TunnelManager;
  readonly #clock: Clock;
  readonly #listener: TunnelListener;
  #open: OpenTunnel | null = null;
  #opening: Promise<OpenedTunnel | null> | null = null;
  #failure: DisconnectReason | null = null;
  /** Aborted when no tunnel is to be opened any more. */
  readonly #shut = new AbortController();
  #replace = false;
  #progress: Progress = 'nothing';
  /** The attempt that came last. */
  #last: { readonly config: LpConfig; readonly target: HostPort; readonly identity: string } | null = null;

  constructor(tunnels: TunnelManager, clock: Clock, listener: TunnelListener) {
    this.#tunnels = tunnels;
    this.#clock = clock;
    this.#listener = listener;
  }

  get process(): Tunnel | null {
    return this.#open?.process ?? null;
  }

  /** Why the tunnel failed since `forgetFailure`, which is better known here than behind it. */
  get failure(): DisconnectReason | null {
    return this.#failure;
  }

  forgetFailure(): void {
    this.#failure = null;
    this.#progress = 'nothing';
  }

  /** What silence means: how far the connection came before nobody said anything more. Null: to the LP itself. */
  get silence(): DisconnectReason | null {
    const { target } = this.#last ?? {};
    const where = target === undefined ? {} : { detail: `${target.host}:${target.port}` };
    switch (this.#progress) {
      case 'nothing':
        return { code: 'tunnel-failed', detail: 'stunnel does not take the connection' };
      case 'accepted':
        return { code: 'tcp-timeout', ...where };
      case 'connected':
        return { code: 'tls-failed', detail: 'the LP accepts the connection and does not answer the handshake' };
      case 'tls':
        return null;
      default:
        return this.#progress satisfies never;
    }
  }

  /** Whether the last attempt would have another tunnel now, because one of its files has changed. Never rejects. */
  async outdated(): Promise<boolean> {
    const last = this.#last;
    return last !== null && (await this.#tunnels.identity(last.config, last.target)) !== last.identity;
  }

  /** The next `open` ends the tunnel that runs and starts another. */
  replaceNext(): void {
    this.#replace = this.#open !== null;
  }

  /** The tunnel to this target: the one that runs, or a new one. Never rejects. @returns null when it was shut meanwhile */
  open(config: LpConfig, target: HostPort): Promise<OpenedTunnel | null> {
    const opening = this.#openFor(config, target).catch(
      (error: unknown): OpenedTunnel => ({ ok: false, reason: { code: 'tunnel-failed', detail: messageOf(error) } }),
    );
    this.#opening = opening;
    return opening;
  }

  /** Ends the tunnel, if there is one; another can be opened afterwards. */
  async close(): Promise<TunnelEnd> {
    const open = this.#open;
    if (open === null) return { gone: true, text: null };
    this.#open = null;
    return this.#end(open);
  }

  /** Ends the tunnel, also one that is just being opened; none is opened any more. A second call tries again what did not end. */
  async shut(): Promise<TunnelEnd> {
    this.#shut.abort();
    if (this.#opening !== null && this.#open === null) {
      const opened = await withDeadline(this.#clock, OPENING_MS, this.#opening);
      if (opened === undefined) return { gone: false, text: 'stunnel was just being started and does not answer' };
    }
    return this.close();
  }

  async #openFor(config: LpConfig, target: HostPort): Promise<OpenedTunnel | null> {
    const identity = await this.#tunnels.identity(config, target);
    this.#last = { config, target, identity };
    const running = this.#open;
    if (running !== null && !this.#replace && running.process.identity === identity) {
      return { ok: true, tunnel: running.process };
    }
    this.#replace = false;
    const { gone, text } = await this.close();
    if (!gone) return { ok: false, reason: { code: 'tunnel-failed', detail: text ?? 'the last one does not end' } };
    const { signal } = this.#shut;
    if (signal.aborted) return null;
    const started = await this.#tunnels.start(config, target, signal);
    // Shut meanwhile, and too late for the start to be given up: it is watched all the same, for `shut` waits for it and ends it.
    if (started.ok) this.#watch(started.tunnel);
    return signal.aborted ? null : started;
  }

  #watch(tunnel: Tunnel): void {
    let onExit: () => void = () => undefined;
    const exited = new Promise<void>((resolve) => {
      onExit = resolve;
    });
    this.#open = { process: tunnel, exited };
    tunnel.onNote((note) => {
      if (this.#open?.process !== tunnel) return;
      if (note.kind === 'failed') this.#failure = note.reason;
      else if (note.kind !== 'certificate') this.#progress = note.kind;
      this.#listener.note(note);
    });
    tunnel.onExit((exit) => {
      onExit();
      if (this.#open?.process !== tunnel) return;
      this.#open = null;
      this.#failure ??= { code: 'tunnel-failed', detail: exitText(exit) };
      this.#listener.ended(this.#failure);
    });
  }

  async #end(open: OpenTunnel): Promise<TunnelEnd> {
    const { process, exited } = open;
    const who = `stunnel, process ${process.pid}`;
    const gone = exited.then(() => true);
    // A stop that fails is no more than one that takes too long: force follows.
    const stopped = process.stop().then(
      () => true,
      () => gone,
    );
    if (await withDeadline(this.#clock, STOP_MS, Promise.race([gone, stopped]))) return { gone: true, text: who };
    process.kill();
    if (await withDeadline(this.#clock, STOP_MS, Promise.race([gone, stopped])))
      return { gone: true, text: `${who}, by SIGKILL` };
    this.#open ??= open;
    return { gone: false, text: `${who} does not end` };
  }
}
