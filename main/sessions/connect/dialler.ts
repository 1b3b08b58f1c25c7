import { isIP } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { type DisconnectReason, describeReason, REASONS } from '../../contracts/disconnect-reason.ts';
import type { DialTarget } from '../../contracts/engine-protocol.ts';
import type { LpConfig } from '../../contracts/lp-config.ts';
import type { LpState } from '../../contracts/lp-view.ts';
import type { EngineSupervisor } from '../engine/engine-supervisor.ts';
import type { Disconnected } from '../engine/teardown.ts';
import type { LpScope } from '../lp/lp-scope.ts';
import type { NewTimelineEvent } from '../lp/timeline.ts';
import type { TunnelManager } from '../ports.ts';
import type { ConnectionLane } from './connection-lane.ts';
import { HostList } from './host-list.ts';
import { laneOnTunnelNote } from './lane-progress.ts';
import { type TunnelEnd, TunnelLink } from './tunnel-link.ts';

const LOOK_AT_FILES_MS = 500;

export interface DialListener {
  state(state: LpState): void;
  note(event: NewTimelineEvent['event'], level: NewTimelineEvent['level'], text: string): void;
  /** There is no tunnel to dial through. */
  failed(reason: DisconnectReason): void;
}

/** The way from an engine to its LP: the hosts in priority order, the tunnel in front of them, and the connection that was ordered. */
export class Dialler {
  readonly hosts: HostList;
  readonly #clock: Clock;
  readonly #lane: ConnectionLane;
  readonly #listener: DialListener;
  readonly #tunnel: TunnelLink;
  #connection: { readonly ended: Promise<Disconnected>; readonly end: (how: Disconnected) => void } | null = null;
  /** Grows by one per attempt: one that was overtaken orders nothing. */
  #attempt = 0;
  #cancelLook: () => void = () => undefined;

  constructor(config: LpConfig, scope: LpScope, tunnels: TunnelManager, lane: ConnectionLane, listener: DialListener) {
    this.hosts = new HostList(config);
    this.#clock = scope.clock;
    this.#lane = lane;
    this.#listener = listener;
    this.#tunnel = new TunnelLink(tunnels, scope.clock, {
      note: (note) => {
        laneOnTunnelNote(lane, note, scope.clock.nowMs());
        if (note.kind === 'failed') listener.note('Tunnel', 'alarm', describeReason(note.reason));
        else if (note.kind === 'tls') listener.note('Tunnel', 'info', `TLS up: ${note.version} ${note.cipher}`);
        scope.changed();
      },
      ended: (reason) => listener.note('Tunnel', 'alarm', `stunnel ended: ${describeReason(reason)}`),
    });
  }

  get tunnelPid(): number | null {
    return this.#tunnel.process?.pid ?? null;
  }

  /** Resolves when the connection that the engine was told to make has ended; null when there is none. */
  get connection(): Promise<Disconnected> | null {
    return this.#connection?.ended ?? null;
  }

  /** Opens the tunnel if there is to be one, and tells the engine to connect. Never rejects. */
  async dial(engine: EngineSupervisor, config: LpConfig): Promise<void> {
    this.#attempt += 1;
    this.#cancelLook();
    const attempt = this.#attempt;
    const target = this.hosts.current();
    this.#tunnel.forgetFailure();
    this.#lane.restart(config.ssl);
    if (!config.ssl) {
      await this.#tunnel.close();
      if (attempt === this.#attempt) this.#order(engine, { ...target, tunnel: false });
      return;
    }
    if (this.#tunnel.process === null) {
      this.#listener.state({ kind: 'connecting', step: 'tunnel' });
      this.#lane.doing('tunnel', this.#clock.nowMs());
    }
    const opened = await this.#tunnel.open(config, target);
    if (opened === null || attempt !== this.#attempt) return;
    if (!opened.ok) {
      this.#listener.failed(opened.reason);
      return;
    }
    this.#lane.ok('tunnel', this.#clock.nowMs(), `stunnel, process ${opened.tunnel.pid}`);
    this.#order(engine, { ...opened.tunnel.localEnd, tunnel: true });
  }

  /** An attempt that is under way orders nothing any more. */
  abandon(): void {
    this.#attempt += 1;
    this.#cancelLook();
  }

  /** The engine says, or its exit means, that the connection has ended. @returns whether there was one */
  ended(how: Disconnected): boolean {
    const connection = this.#connection;
    this.#connection = null;
    connection?.end(how);
    return connection !== null;
  }

  loggedOn(): void {
    this.#tunnel.forgetFailure();
  }

  /** The connection ended in silence. A stunnel that hangs is as silent as an LP that does, so the next attempt has a new one. */
  endedInSilence(): void {
    this.#tunnel.replaceNext();
  }

  /** Why stunnel says that the connection failed, where the engine could see no more than that its local end was closed. */
  blame(reason: DisconnectReason, ssl: boolean): { readonly hidden: boolean; readonly better: DisconnectReason | null } {
    const hidden = ssl && (REASONS[reason.code].layer === 'tcp' || reason.code === 'logon-timeout');
    const silent = reason.code === 'logon-timeout' ? this.#tunnel.silence : null;
    return { hidden, better: hidden ? (this.#tunnel.failure ?? silent) : null };
  }

  /**
   * Tells once, until the next attempt, when a file of the tunnel has changed since the last one. Files may be on another machine or behind
   * links: only a look at them finds every change.
   */
  onFilesChanged(changed: () => void): void {
    const attempt = this.#attempt;
    this.#cancelLook = this.#clock.after(LOOK_AT_FILES_MS, () => {
      void this.#tunnel.outdated().then((outdated) => {
        if (attempt !== this.#attempt) return;
        if (outdated) changed();
        else this.onFilesChanged(changed);
      });
    });
  }

  shutTunnel(): Promise<TunnelEnd> {
    return this.#tunnel.shut();
  }

  #order(engine: EngineSupervisor, target: DialTarget): void {
    let end: (how: Disconnected) => void = () => undefined;
    const ended = new Promise<Disconnected>((resolve) => {
      end = resolve;
    });
    this.#connection = { ended, end };
    const numeric = 'path' in target || isIP(target.host) !== 0;
    if (numeric && !target.tunnel) this.#lane.skip('dns', 'an address');
    this.#lane.doing(numeric ? 'tcp' : 'dns', this.#clock.nowMs());
    this.#listener.state({ kind: 'connecting', step: 'tcp' });
    engine.send({ type: 'connect', target });
  }
}
