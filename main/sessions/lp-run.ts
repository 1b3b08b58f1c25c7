import type { Clock } from '../contracts/clock.ts';
import { type DisconnectReason, describeReason, REASONS } from '../contracts/disconnect-reason.ts';
import type { EngineReport, EngineSettings } from '../contracts/engine-protocol.ts';
import type { HostPort, LpConfig } from '../contracts/lp-config.ts';
import type { LiveStats, LpState } from '../contracts/lp-view.ts';
import { ConnectionLane } from './connection-lane.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import { HostList } from './host-list.ts';
import { laneOnReport, laneOnTunnelNote } from './lane-progress.ts';
import type { EngineLauncher, TunnelManager, TunnelNote } from './ports.ts';
import { attemptsUsedUp, retryDelayMs } from './reconnect-policy.ts';
import { Sparkline } from './sparkline.ts';
import { type Disconnected, type StepObserver, tearDown } from './teardown.ts';
import { levelOf, type NewTimelineEvent } from './timeline.ts';
import { TunnelLink } from './tunnel-link.ts';

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
  readonly #tunnel: TunnelLink;
  #connected: { readonly ended: Promise<Disconnected>; readonly end: (how: Disconnected) => void } | null = null;
  #attempt = 0;
  #loggedOnAtMs: number | null = null;
  #stats: LiveStats | null = null;
  #statsAtMs: number | null = null;
  #cancelTimers: (() => void)[] = [];
  #dialling: Promise<void> = Promise.resolve();
  #ending: Promise<boolean> | null = null;

  constructor(setup: RunSetup, deps: RunDeps, listener: RunListener) {
    this.#setup = setup;
    this.#deps = deps;
    this.#listener = listener;
    this.#hosts = new HostList(setup.config);
    this.#tunnel = new TunnelLink(deps.tunnels, {
      note: (note) => this.#onTunnelNote(note),
      ended: (reason) => {
        if (this.#ending === null) this.#note('Tunnel', 'alarm', `stunnel ended: ${describeReason(reason)}`);
      },
    });
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
    return this.#tunnel.process?.pid ?? null;
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
        tunnel: this.#tunnel.process,
        disconnected: this.#connected?.ended ?? null,
        reason,
        text,
        logoutAckMs: this.#setup.config.session.logoutAckMs,
        step,
        beforeLogout,
        // A tunnel that was just being opened is closed by whoever opened it.
        settled: this.#dialling,
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
    this.#tunnel.newAttempt();
    this.lane.restart(this.config.ssl);
    this.#dialling = this.#dial(this.#engine, this.#hosts.current());
  }

  async #dial(engine: EngineSupervisor, target: HostPort): Promise<void> {
    if (!this.config.ssl) {
      await this.#tunnel.close();
      this.#order(engine, target, false);
      return;
    }
    if (this.#tunnel.process === null) {
      this.#setState({ kind: 'connecting', step: 'tunnel' });
      this.lane.doing('tunnel', this.#now());
    }
    const opened = await this.#tunnel.open(this.config, target);
    if (this.#ending !== null || engine !== this.#engine) {
      // The end of the run did not know of this tunnel yet, or the engine died meanwhile: nothing may stay behind.
      await this.#tunnel.close();
      return;
    }
    if (!opened.ok) {
      this.#onDown(opened.reason);
      return;
    }
    this.lane.ok('tunnel', this.#now(), `stunnel, process ${opened.tunnel.pid}`);
    this.#order(engine, opened.tunnel, true);
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

  #onTunnelNote(note: TunnelNote): void {
    laneOnTunnelNote(this.lane, note, this.#now());
    if (note.kind === 'failed') this.#note('Tunnel', 'alarm', describeReason(note.reason));
    else if (note.kind === 'tls') this.#note('Tunnel', 'info', `TLS up: ${note.version} ${note.cipher}`);
    this.#listener.changed();
  }

  #onReport(report: EngineReport): void {
    const now = this.#now();
    laneOnReport(this.lane, report, this.config.ssl, now);
    switch (report.type) {
      case 'ready':
        this.#connect();
        break;
      case 'logon-sent':
        this.#setState({ kind: 'logon' });
        break;
      case 'logged-on':
        this.#onLoggedOn(now);
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
      case 'resolved':
      case 'tcp-connected':
      case 'first-message':
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
    if (!hidden || this.#tunnel.failure !== null || this.#ending !== null) {
      this.#onDown(hidden ? (this.#tunnel.failure ?? reason) : reason);
      return;
    }
    this.#timer(TUNNEL_REASON_GRACE_MS, () => this.#onDown(this.#tunnel.failure ?? reason));
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
