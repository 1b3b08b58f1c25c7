import type { Clock } from '../contracts/clock.ts';
import { type DisconnectReason, describeReason, REASONS } from '../contracts/disconnect-reason.ts';
import type { EngineReport, EngineSettings } from '../contracts/engine-protocol.ts';
import type { HostPort, LpConfig } from '../contracts/lp-config.ts';
import type { LiveStats, LpState } from '../contracts/lp-view.ts';
import { ConnectionLane } from './connection-lane.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import { HostList } from './host-list.ts';
import type { EngineLauncher, Tunnel, TunnelManager, TunnelNote } from './ports.ts';
import { attemptsUsedUp, retryDelayMs } from './reconnect-policy.ts';
import { Sparkline } from './sparkline.ts';
import { type Disconnected, type StepObserver, tearDown } from './teardown.ts';
import { levelOf, type NewTimelineEvent } from './timeline.ts';

export interface RunSetup {
  readonly config: LpConfig;
  readonly settings: EngineSettings;
}

export interface RunDeps {
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly launcher: EngineLauncher;
  readonly tunnels: TunnelManager;
  /** Whether this console can prove that it owns the LP: no new connection without. */
  readonly owned: () => boolean;
}

export interface RunListener {
  /** State, lane or numbers changed. */
  changed(): void;
  loggedOn(): void;
  /** A connection ended or an attempt failed; the run goes on by itself unless it is `failed`. */
  down(reason: DisconnectReason): void;
  timeline(event: NewTimelineEvent): void;
}

/** Behind a tunnel the socket closes before stunnel's log says why. */
const TUNNEL_REASON_GRACE_MS = 200;
const NOT_OWNED_RETRY_MS = 1_000;

/**
 * One activation of an LP: its engine process, its tunnel, and the attempts to connect, from `start` until `end`. It decides when
 * to try again; whether it may exist at all is its controller's decision.
 */
export class LpRun {
  readonly lane = new ConnectionLane();
  readonly spark = new Sparkline();
  readonly #deps: RunDeps;
  readonly #listener: RunListener;
  #setup: RunSetup;
  #next: RunSetup | null = null;
  readonly #hosts: HostList;
  #state: LpState = { kind: 'connecting', step: 'engine' };
  #engine: EngineSupervisor | null = null;
  #tunnel: { readonly process: Tunnel; readonly target: HostPort } | null = null;
  #tunnelFailure: DisconnectReason | null = null;
  #connected: { readonly ended: Promise<Disconnected>; readonly end: (how: Disconnected) => void } | null = null;
  #attempt = 0;
  #loggedOnAtMs: number | null = null;
  #stats: LiveStats | null = null;
  #statsAtMs: number | null = null;
  #cancelTimers: (() => void)[] = [];
  #ending: Promise<boolean> | null = null;

  constructor(setup: RunSetup, deps: RunDeps, listener: RunListener) {
    this.#setup = setup;
    this.#deps = deps;
    this.#listener = listener;
    this.#hosts = new HostList(setup.config);
  }

  get config(): LpConfig {
    return this.#setup.config;
  }
  get state(): LpState {
    return this.#state;
  }
  get attempt(): number {
    return this.#attempt;
  }
  get loggedOnAtMs(): number | null {
    return this.#loggedOnAtMs;
  }
  get stats(): LiveStats | null {
    return this.#stats;
  }
  get statsAtMs(): number | null {
    return this.#statsAtMs;
  }
  get enginePid(): number | null {
    return this.#engine === null || this.#engine.gone ? null : this.#engine.pid;
  }
  get tunnelPid(): number | null {
    return this.#tunnel?.process.pid ?? null;
  }
  get engine(): EngineSupervisor | null {
    return this.#engine;
  }
  /** True when it has given up until a person acts. */
  get failed(): boolean {
    return this.#state.kind === 'error';
  }
  get pendingConfig(): boolean {
    return this.#next !== null;
  }

  start(): void {
    this.#launch();
  }

  /** A changed configuration, used from the next connection on. While waiting to retry that is at once. */
  update(setup: RunSetup): void {
    this.#next = setup;
    if (this.#state.kind === 'retry') this.retryNow();
    this.#listener.changed();
  }

  /** Ends the wait for the next attempt. */
  retryNow(): void {
    if (this.#state.kind !== 'retry') return;
    this.#clearTimers();
    this.#connect();
  }

  /**
   * Logs out and ends tunnel and engine, by force if need be. A second call joins the first.
   *
   * @returns whether both are known to be gone
   */
  end(
    reason: DisconnectReason,
    text: string,
    step: StepObserver = () => undefined,
    beforeLogout: () => Promise<void> = () => Promise.resolve(),
  ): Promise<boolean> {
    if (this.#ending === null) {
      this.#clearTimers();
      this.#setState({ kind: 'stopping' });
      this.#ending = tearDown({
        clock: this.#deps.clock,
        engine: this.#engine,
        tunnel: this.#tunnel?.process ?? null,
        disconnected: this.#connected?.ended ?? null,
        reason,
        text,
        logoutAckMs: this.#setup.config.session.logoutAckMs,
        step,
        beforeLogout,
      });
    }
    return this.#ending;
  }

  #launch(): void {
    this.lane.doing('engine', this.#now());
    this.#setState({ kind: 'connecting', step: 'engine' });
    const engine = new EngineSupervisor(this.config.provider, this.#deps.launcher, this.#deps.clock, (report) =>
      this.#onReport(report),
    );
    this.#engine = engine;
    void engine.exited.then((exit) => {
      if (this.#engine === engine) this.#onEngineExit(exit.unresponsive, exit.code, exit.signal);
    });
    this.#adopt();
    engine.send({ type: 'start', settings: this.#setup.settings });
  }

  /** Takes a configuration that waited for the next connection. */
  #adopt(): void {
    if (this.#next === null) return;
    this.#setup = this.#next;
    this.#next = null;
    this.#hosts.update(this.#setup.config);
  }

  #connect(): void {
    if (this.#ending !== null) return;
    if (!this.#deps.owned()) {
      this.#wait(NOT_OWNED_RETRY_MS);
      return;
    }
    if (this.#engine === null || this.#engine.gone) {
      this.#launch();
      return;
    }
    if (this.#next !== null) {
      this.#adopt();
      this.#engine.send({ type: 'configure', settings: this.#setup.settings });
    }
    this.#tunnelFailure = null;
    this.lane.restart(this.config.ssl);
    void this.#dial(this.#engine, this.#hosts.current());
  }

  async #dial(engine: EngineSupervisor, target: HostPort): Promise<void> {
    if (!this.config.ssl) {
      await this.#stopTunnel();
      this.#order(engine, target, false);
      return;
    }
    const tunnel = await this.#openTunnel(target);
    if (this.#ending !== null || engine !== this.#engine) {
      await tunnel?.stop();
      return;
    }
    if (tunnel !== null) this.#order(engine, tunnel, true);
  }

  #order(engine: EngineSupervisor, target: HostPort, tunnel: boolean): void {
    if (this.#ending !== null || engine !== this.#engine) return;
    let end: (how: Disconnected) => void = () => undefined;
    const ended = new Promise<Disconnected>((resolve) => {
      end = resolve;
    });
    this.#connected = { ended, end };
    this.lane.doing(tunnel ? 'tcp' : 'dns', this.#now());
    this.#setState({ kind: 'connecting', step: 'tcp' });
    engine.send({ type: 'connect', target: { host: target.host, port: target.port, tunnel }, resetSequence: false });
  }

  /** Resolves to a tunnel to this target, the one that runs if it is; null when it could not be had (the reason is reported). */
  async #openTunnel(target: HostPort): Promise<Tunnel | null> {
    const running = this.#tunnel;
    if (running !== null && running.target.host === target.host && running.target.port === target.port) return running.process;
    await this.#stopTunnel();
    this.#setState({ kind: 'connecting', step: 'tunnel' });
    this.lane.doing('tunnel', this.#now());
    const started = await this.#deps.tunnels.start(this.config, target);
    if (!started.ok) {
      this.#onDown(started.reason);
      return null;
    }
    const tunnel = started.tunnel;
    this.lane.ok('tunnel', this.#now(), `stunnel, process ${tunnel.pid}`);
    if (this.#ending !== null) return tunnel;
    this.#tunnel = { process: tunnel, target };
    tunnel.onNote((note) => this.#onTunnelNote(tunnel, note));
    tunnel.onExit(({ code, signal }) => {
      if (this.#tunnel?.process !== tunnel) return;
      this.#tunnel = null;
      this.#tunnelFailure ??= { code: 'tunnel-failed', detail: signal === null ? `exit code ${code ?? '?'}` : signal };
      if (this.#ending === null) this.#note('Tunnel', 'alarm', `stunnel ended: ${this.#tunnelFailure.detail ?? ''}`);
    });
    return tunnel;
  }

  async #stopTunnel(): Promise<void> {
    const tunnel = this.#tunnel?.process;
    this.#tunnel = null;
    await tunnel?.stop();
  }

  #onTunnelNote(tunnel: Tunnel, note: TunnelNote): void {
    if (this.#tunnel?.process !== tunnel) return;
    switch (note.kind) {
      case 'connected':
        this.lane.ok('tcp', this.#now(), note.address);
        this.lane.doing('tls', this.#now());
        break;
      case 'tls':
        this.lane.ok('tls', this.#now(), `${note.version} ${note.cipher}`);
        this.#note('Tunnel', 'info', `TLS up: ${note.version} ${note.cipher}`);
        break;
      case 'certificate':
        this.lane.note('tls', `certificate ${note.daysLeft} days left`);
        break;
      case 'failed':
        this.#tunnelFailure = note.reason;
        this.#note('Tunnel', 'alarm', describeReason(note.reason));
        break;
      default:
        note satisfies never;
    }
    this.#listener.changed();
  }

  #onReport(report: EngineReport): void {
    const now = this.#now();
    switch (report.type) {
      case 'ready':
        this.lane.ok('engine', now, `process ${report.pid}`);
        this.#connect();
        break;
      case 'resolved':
        if (!this.config.ssl) {
          this.lane.ok('dns', now, report.address, report.durationMs);
          this.lane.doing('tcp', now);
        }
        break;
      case 'tcp-connected':
        if (!this.config.ssl) this.lane.ok('tcp', now, report.address, report.durationMs);
        break;
      case 'logon-sent':
        this.lane.doing('logon', now);
        this.#setState({ kind: 'logon' });
        break;
      case 'logged-on':
        this.lane.ok('logon', now, `next in ${report.nextIn}, next out ${report.nextOut}`, report.durationMs);
        this.lane.doing('first-message', now);
        this.#onLoggedOn(now);
        break;
      case 'first-message':
        this.lane.ok('first-message', now, report.msgType);
        break;
      case 'recovering':
        if (this.#ending === null) this.#setState({ kind: 'recovering', received: report.received, total: report.total });
        break;
      case 'recovered':
        if (this.#ending === null) this.#setState({ kind: 'logged-on' });
        break;
      case 'disconnected':
        this.#onDisconnected(report.reason, report.wasLoggedOn, report.logoutAnswered);
        break;
      case 'stats':
        this.#stats = report.stats;
        this.#statsAtMs = now;
        this.spark.add(now, report.stats.inPerSecond + report.stats.outPerSecond);
        break;
      case 'timeline':
        for (const event of report.events) this.#listener.timeline(event);
        break;
      case 'answer':
      case 'pong':
        break;
      default:
        report satisfies never;
    }
    this.#listener.changed();
  }

  #onLoggedOn(now: number): void {
    this.#loggedOnAtMs = now;
    if (this.#ending !== null) return;
    this.#setState({ kind: 'logged-on' });
    this.#listener.loggedOn();
    const { retry, session } = this.config;
    this.#timer(retry.stableMs, () => {
      this.#attempt = 0;
      this.#listener.changed();
    });
    if (session.failbackMs > 0 && this.#hosts.onBackup) {
      this.#timer(session.failbackMs, () => {
        this.#hosts.reset();
        this.#engine?.send({
          type: 'logout',
          text: 'Returning to the first host',
          reason: { code: 'restarting', detail: 'failback to the first host' },
        });
      });
    }
  }

  #onDisconnected(reason: DisconnectReason, wasLoggedOn: boolean, answered: boolean): void {
    this.#connected?.end({ answered });
    this.#connected = null;
    const hidden = this.config.ssl && !wasLoggedOn && (REASONS[reason.code].layer === 'tcp' || reason.code === 'logon-timeout');
    if (!hidden || this.#tunnelFailure !== null || this.#ending !== null) {
      this.#onDown(hidden ? (this.#tunnelFailure ?? reason) : reason);
      return;
    }
    this.#timer(TUNNEL_REASON_GRACE_MS, () => this.#onDown(this.#tunnelFailure ?? reason));
  }

  #onEngineExit(unresponsive: boolean, code: number | null, signal: string | null): void {
    this.#engine = null;
    this.#connected?.end({ answered: false });
    this.#connected = null;
    if (this.#ending !== null) return;
    const how = signal === null ? `exit code ${code ?? '?'}` : signal;
    this.#note(
      'Engine',
      'alarm',
      unresponsive ? 'The engine process stopped answering and was ended' : `The engine process ended: ${how}`,
    );
    this.#onDown(unresponsive ? { code: 'engine-unresponsive' } : { code: 'engine-exit', detail: how });
  }

  #onDown(reason: DisconnectReason): void {
    const wasLive = this.#loggedOnAtMs !== null;
    this.#clearTimers();
    this.#loggedOnAtMs = null;
    this.#stats = this.#stats === null ? null : { ...this.#stats, inPerSecond: 0, outPerSecond: 0 };
    const { layer, retry } = REASONS[reason.code];
    this.lane.fail(layer, this.#now(), describeReason(reason));
    if (this.#ending !== null) {
      this.#listener.changed();
      return;
    }
    this.#note('Disconnect', levelOf(reason), describeReason(reason));
    this.#attempt += 1;
    if (retry === 'never') {
      this.#setState({ kind: 'error' });
      this.#listener.down(reason);
    } else if (attemptsUsedUp(this.config.retry, this.#attempt)) {
      this.#setState({ kind: 'error' });
      this.#listener.down({
        ...reason,
        code: 'retries-exhausted',
        detail: `${this.#attempt - 1} attempts; the last: ${describeReason(reason)}`,
      });
    } else {
      if (wasLive) this.#hosts.reset();
      else this.#hosts.advance();
      this.#wait(retryDelayMs(this.config.retry, retry, this.#attempt, this.#deps.random()));
      this.#listener.down(reason);
    }
  }

  #wait(ms: number): void {
    this.#setState({ kind: 'retry', atMs: this.#now() + ms, attempt: this.#attempt });
    this.#timer(ms, () => this.#connect());
  }

  #setState(state: LpState): void {
    if (state.kind !== this.#state.kind) this.#note('State', 'info', state.kind.toUpperCase().replace('-', ' '));
    this.#state = state;
    this.#listener.changed();
  }

  #note(event: NewTimelineEvent['event'], level: NewTimelineEvent['level'], text: string): void {
    const { nextIn = null, nextOut = null } = this.#stats ?? {};
    this.#listener.timeline({ atMs: this.#now(), event, level, direction: null, text, seqIn: nextIn, seqOut: nextOut });
  }

  #timer(ms: number, callback: () => void): void {
    this.#cancelTimers.push(this.#deps.clock.after(ms, callback));
  }

  #clearTimers(): void {
    for (const cancel of this.#cancelTimers) cancel();
    this.#cancelTimers = [];
  }

  #now(): number {
    return this.#deps.clock.nowMs();
  }
}
