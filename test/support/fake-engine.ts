import type { DisconnectReason } from '../../main/contracts/disconnect-reason.ts';
import type { EngineCommand, EngineReport } from '../../main/contracts/engine-protocol.ts';
import type { LiveStats } from '../../main/contracts/lp-view.ts';
import type { EngineLauncher, EngineProcess } from '../../main/contracts/processes.ts';

type Exit = { readonly code: number | null; readonly signal: string | null };

/** How an engine and the LP behind it behave; changed while it runs. */
export interface EngineScript {
  /** works: does as it is told. wedged: reads nothing. immortal: wedged, and SIGKILL does not end it. */
  health: 'works' | 'wedged' | 'immortal';
  /** accept: Logon answered. hold: nothing happens until the test reports it. A reason: the attempt fails with it. */
  connect: 'accept' | 'hold' | DisconnectReason;
  /** silent: the LP does not answer the Logout and the engine says so after LogoutAckThreshold, which the test reports. */
  logout: 'answered' | 'silent';
  /** Whether it says `ready` after `start`. */
  start: 'ready' | 'hold';
}

export const NUMBERS = { nextIn: 11, nextOut: 22 };

/** An engine process as the Session Manager sees it. */
export class FakeEngine implements EngineProcess {
  readonly provider: string;
  readonly pid: number;
  readonly script: EngineScript;
  readonly commands: EngineCommand[] = [];
  readonly #journal: (what: string) => void;
  readonly #reportListeners: ((report: EngineReport) => void)[] = [];
  readonly #exitListeners: ((exit: Exit) => void)[] = [];
  /** As it has told them last. */
  #numbers = NUMBERS;
  #loggedOn = false;
  #exited = false;

  constructor(provider: string, pid: number, script: EngineScript, journal: (what: string) => void) {
    this.provider = provider;
    this.pid = pid;
    this.script = script;
    this.#journal = journal;
  }

  get alive(): boolean {
    return !this.#exited;
  }

  get loggedOn(): boolean {
    return this.#loggedOn && this.alive;
  }

  types(): string[] {
    return this.commands.map((command) => command.type).filter((type) => type !== 'ping' && type !== 'owned-until');
  }

  last<T extends EngineCommand['type']>(type: T): Extract<EngineCommand, { type: T }> {
    const found = this.commands.findLast((command): command is Extract<EngineCommand, { type: T }> => command.type === type);
    if (found === undefined) throw new Error(`no ${type} was sent to the engine of ${this.provider}`);
    return found;
  }

  send(command: EngineCommand): void {
    if (this.#exited) throw new Error(`${command.type} was sent to the dead engine of ${this.provider}`);
    if (command.type !== 'ping' && command.type !== 'owned-until') this.#journal(`engine ${this.provider}: ${command.type}`);
    this.commands.push(command);
    // As over a real channel: the answer comes later.
    queueMicrotask(() => this.#obey(command));
  }

  onReport(listener: (report: EngineReport) => void): void {
    this.#reportListeners.push(listener);
  }

  onExit(listener: (exit: Exit) => void): void {
    this.#exitListeners.push(listener);
  }

  kill(): void {
    this.#journal(`engine ${this.provider}: SIGKILL`);
    if (this.script.health !== 'immortal') queueMicrotask(() => this.exit({ code: null, signal: 'SIGKILL' }));
  }

  report(report: EngineReport): void {
    if (report.type === 'logged-on') this.#loggedOn = true;
    if (report.type === 'disconnected') this.#loggedOn = false;
    if (report.type === 'stats') this.#numbers = { nextIn: report.stats.nextIn, nextOut: report.stats.nextOut };
    for (const listener of this.#reportListeners) listener(report);
  }

  logOn(): void {
    this.report({ type: 'tcp-connected', address: '192.0.2.1', durationMs: 3 });
    this.report({ type: 'logon-sent' });
    this.report({ type: 'logged-on', ...NUMBERS, durationMs: 20 });
  }

  drop(reason: DisconnectReason, logoutAnswered = false): void {
    this.report({ type: 'disconnected', reason, wasLoggedOn: this.#loggedOn, logoutAnswered, ...this.#numbers });
  }

  exit(exit: Exit = { code: 1, signal: null }): void {
    if (this.#exited) return;
    this.#exited = true;
    for (const listener of this.#exitListeners) listener(exit);
  }

  #obey(command: EngineCommand): void {
    if (this.#exited || this.script.health !== 'works') return;
    switch (command.type) {
      case 'start':
        if (this.script.start === 'ready') this.report({ type: 'ready', pid: this.pid, ...NUMBERS });
        return;
      case 'connect':
        if (this.script.connect === 'accept') this.logOn();
        else if (this.script.connect !== 'hold') this.drop(this.script.connect);
        return;
      case 'logout':
        if (this.script.logout === 'answered') this.drop(command.reason, true);
        return;
      case 'stop':
        this.exit({ code: 0, signal: null });
        return;
      case 'ping':
        this.report({ type: 'pong', n: command.n });
        return;
      case 'block-outbound':
      case 'set-sequence':
      case 'reset-sequence':
      case 'test-request':
      case 'resend-request':
      case 'send':
        this.report({ type: 'answer', requestId: command.requestId, error: null, msgSeqNum: null });
        return;
      default:
    }
  }
}

/** Starts fake engines; each behaves by a copy of `script` as it is at its start. */
export class FakeLauncher implements EngineLauncher {
  readonly engines: FakeEngine[] = [];
  readonly script: EngineScript = { health: 'works', connect: 'accept', logout: 'answered', start: 'ready' };
  readonly journal: (what: string) => void;
  /** The system refuses to start a process. */
  refuses: Error | null = null;
  #pid = 1_000;

  constructor(journal: (what: string) => void = () => undefined) {
    this.journal = journal;
  }

  launch(provider: string): FakeEngine {
    if (this.refuses !== null) throw this.refuses;
    this.#pid += 1;
    const engine = new FakeEngine(provider, this.#pid, { ...this.script }, this.journal);
    this.engines.push(engine);
    return engine;
  }

  of(provider: string): FakeEngine[] {
    return this.engines.filter((engine) => engine.provider === provider);
  }

  /** The engine that this LP has now. */
  engine(provider = 'LP-A'): FakeEngine {
    const engine = this.of(provider).findLast(({ alive }) => alive) ?? this.of(provider).at(-1);
    if (engine === undefined) throw new Error(`no engine was started for ${provider}`);
    return engine;
  }

  alive(provider?: string): FakeEngine[] {
    return this.engines.filter((engine) => engine.alive && (provider === undefined || engine.provider === provider));
  }
}

export const statsOf = (numbers: Partial<LiveStats> = {}): LiveStats => ({
  ...NUMBERS,
  inPerSecond: 5,
  outPerSecond: 1,
  totalIn: 50,
  totalOut: 10,
  lastReceivedMs: null,
  lastSentMs: null,
  lastMessage: null,
  testRequestRttMs: null,
  silentSinceMs: null,
  gap: null,
  rejects: 0,
  garbled: 0,
  unreadable: 0,
  rssBytes: 60_000_000,
  ...numbers,
});
