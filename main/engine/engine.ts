import { toError } from '../base/errors.ts';
import { SerialQueue } from '../base/serial-queue.ts';
import { boundTexts } from '../contracts/bounded.ts';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { BoundedReport, DialTarget, EngineCommand, EngineReport, EngineSettings } from '../contracts/engine-protocol.ts';
import type { Dictionary } from '../fix/codec/dictionary.ts';
import { fix44 } from '../fix/codec/fix44.ts';
import type { MessageView } from '../fix/codec/message-view.ts';
import type { BusinessRejection } from '../fix/session/port.ts';
import type { Session } from '../fix/session/session.ts';
import { Counters } from './counters.ts';
import { FixLog } from './log/fix-log.ts';
import { logTarget } from './log/log-target.ts';
import { LpDictionary } from './lp-dictionary.ts';
import type { Instant } from './now.ts';
import { DONE, type OperatorAnswer, obeyOperator } from './operator-commands.ts';
import { Parting } from './parting.ts';
import { QuotedSecrets } from './quoted-secrets.ts';
import { rehearse } from './rehearsal.ts';
import { SessionReports } from './session-reports.ts';
import { type ApplicationOptions, sessionSettings } from './session-settings.ts';
import { type Ended, SessionShell } from './session-shell.ts';
import { SessionStore, sessionOf } from './store/session-store.ts';
import { asideStamp } from './store/store-aside.ts';
import { StoreInUse } from './store/store-lock.ts';
import { TimelineBatch } from './timeline-batch.ts';

/** For lines of the log that the process which writes them has not taken. */
const LOG_SENT_MS = 500;
/** Beyond LogoutAckThreshold, for the socket to close. */
const END_GRACE_MS = 1000;

/** What takes the session's application messages. The answer null takes one. */
export type Application = (message: MessageView, shell: SessionShell, now: Instant) => BusinessRejection | null;

export interface EngineDeps {
  /** Where reports leave the engine. */
  readonly report: (report: BoundedReport) => void;
  readonly application: Application;
  readonly applicationOptions: ApplicationOptions;
  /** Ends the process after everything is flushed. */
  readonly exit: (code: number) => void;
  /** Of the engine that rehearses with this one; it has been loaded. */
  readonly rehearsedWith?: Dictionary;
}

/** One engine: obeys the Session Manager's commands and reports what happens. */
export class Engine {
  readonly #deps: EngineDeps;
  #settings: EngineSettings | null = null;
  readonly #dictionary = new LpDictionary();
  readonly #quotes = new QuotedSecrets();
  #shell: SessionShell | null = null;
  #store: SessionStore | null = null;
  #log: FixLog | null = null;
  #counters: Counters | null = null;
  #endsWith: number | null = null;
  /** Commands are obeyed one after the other, also while a dictionary is being loaded. */
  readonly #queue = new SerialQueue();
  readonly #parting = new Parting();
  /** The one door for what is said: no secret is in it, and every text is cut to what a screen, a row and an event can hold; the FIX log has all of it. */
  readonly #report = (report: EngineReport): void => this.#deps.report(boundTexts(this.#quotes.withoutSecrets(report)));
  readonly #timeline = new TimelineBatch(this.#report);
  readonly #reports = new SessionReports(this.#report);

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  command(command: Exclude<EngineCommand, { type: 'owned-until' }>): void {
    // These two must not wait behind a dictionary.
    if (command.type === 'stop') this.stop(0);
    else if (command.type === 'ping') this.#report({ type: 'pong', n: command.n });
    else void this.#queue.run(() => this.#obey(command));
  }

  async #obey(command: Exclude<EngineCommand, { type: 'stop' | 'ping' | 'owned-until' }>): Promise<void> {
    if (command.type === 'start') {
      await this.#start(command.settings);
      return;
    }
    const shell = this.#shell;
    if (shell === null) throw new Error(`Command ${command.type} before start`);
    switch (command.type) {
      case 'configure':
        this.#take(command.settings);
        await this.#dictionary.load(command.settings);
        this.#takeUpSession(shell);
        break;
      case 'connect':
        this.#connect(shell, command.target);
        break;
      case 'block-outbound':
        shell.session.blockOutbound();
        this.#answer(command.requestId, DONE);
        this.#parting.within(command.parting, ({ text, reason }) => this.logout(text, reason));
        break;
      case 'logout':
        if (this.#parting.now()) this.logout(command.text, command.reason);
        break;
      case 'set-sequence':
      case 'reset-sequence':
      case 'test-request':
      case 'resend-request':
      case 'send':
        this.#answer(command.requestId, obeyOperator(shell, command));
        break;
      default:
        command satisfies never;
    }
  }

  async #start(settings: EngineSettings): Promise<void> {
    this.#take(settings);
    const { rehearsedWith } = this.#deps;
    if (rehearsedWith === undefined) await this.#dictionary.load(settings);
    else this.#dictionary.loaded = rehearsedWith;
    this.#log = new FixLog(
      {
        ...logTarget(settings, rehearsedWith === undefined, (behind) => this.#shell?.holdBack(behind)),
        onError: (error) => this.#say('alarm', `The FIX log cannot be written: ${error.message}`),
        onNote: (text) => this.#say('attention', text),
      },
      Date.now(),
    );
    const session = this.#openSession(settings, this.#log);
    if (session === null) return;
    this.#report({ type: 'ready', pid: process.pid, nextIn: session.nextIn, nextOut: session.nextOut });
    this.#counters?.start();
    // After `ready`, so that a tunnel opens meanwhile; before the connect, which waits in the queue of commands.
    if (rehearsedWith === undefined) await this.#rehearse(settings, this.#dictionary.loaded ?? fix44());
  }

  async #rehearse(settings: EngineSettings, dictionary: Dictionary): Promise<void> {
    const { application, applicationOptions } = this.#deps;
    const understudy = (report: (report: EngineReport) => void): Engine =>
      new Engine({ report, application, applicationOptions, exit: () => undefined, rehearsedWith: dictionary });
    await rehearse(understudy, settings, applicationOptions, dictionary);
  }

  #take(settings: EngineSettings): void {
    this.#settings = settings;
    const { password, newPassword, logonTags } = settings.credentials;
    const secretTags = logonTags.filter(([tag]) => settings.session.secretTags.includes(tag)).map(([, value]) => value);
    this.#quotes.add([password, newPassword, ...secretTags]);
  }

  /** Opens the store of the session that the settings are for. Null when that cannot be done: then this engine ends. */
  #openSession(settings: EngineSettings, log: FixLog): Session | null {
    const dictionary = this.#dictionary.loaded ?? fix44();
    const report = this.#report;
    const say = this.#say.bind(this);
    let store: SessionStore;
    try {
      store = new SessionStore(settings, dictionary.beginString, asideStamp(Date.now()), say);
    } catch (error) {
      this.#cannotStore(error);
      return null;
    }
    this.#store = store;
    const shell = new SessionShell(sessionSettings(settings, this.#deps.applicationOptions), dictionary, store.messages, log, {
      resolved: (address, durationMs) => report({ type: 'resolved', address, durationMs }),
      connected: (address, durationMs) => report({ type: 'tcp-connected', address, durationMs }),
      signal: (signal, durationMs) => {
        if (this.#shell !== null) this.#reports.signal(signal, this.#shell.session, durationMs);
      },
      quotes: this.#quotes,
      // Before it is cut: what is left of a secret then is not known for one.
      note: (note, wallMs) => this.#timeline.add(this.#quotes.withoutSecrets(note), wallMs),
      deliver: (message, now) => this.#deliver(message, now),
      moved: (now, received, sent) => {
        if (received) this.#counters?.received(Math.floor(now.wallMs));
        if (sent) this.#counters?.sent(Math.floor(now.wallMs));
        this.#counters?.moved(now.monoMs);
      },
      ended: (end) => this.#ended(end),
      storeFailed: (error) => this.#storeFailed(error),
    });
    this.#shell = shell;
    this.#counters = new Counters(shell.session, store.messages, (stats) => this.#reports.stats(stats));
    return shell.session;
  }

  /** Other CompIDs or SubIDs are another FIX session, which has another store: nothing of this one is for its counterparty. */
  #takeUpSession(shell: SessionShell): SessionShell | null {
    const [settings, log, dictionary] = [this.#settings, this.#log, this.#dictionary.loaded];
    if (shell.busy || settings === null || log === null || dictionary === null) return shell;
    if (this.#store === null || sessionOf(settings, dictionary.beginString) === this.#store.session) return shell;
    this.#counters?.stop();
    this.#store.close();
    this.#store = null;
    if (this.#openSession(settings, log) === null) return null;
    this.#say(
      'attention',
      'The CompIDs or SubIDs have changed: this is another FIX session, with a message store and numbers of its own',
    );
    this.#counters?.start();
    return this.#shell;
  }

  #cannotStore(error: unknown): void {
    const failure = toError(error);
    const code = failure instanceof StoreInUse ? 'store-in-use' : 'store-failed';
    this.#ended({ reason: { code, detail: failure.message }, wasLoggedOn: false, logoutAnswered: false });
    this.#storeFailed(failure);
  }

  #connect(before: SessionShell, target: DialTarget): void {
    if (before.busy) return;
    if (this.#settings === null || this.#dictionary.loaded === null) {
      this.#ended({
        reason: { code: 'config-invalid', detail: this.#dictionary.problem },
        wasLoggedOn: false,
        logoutAnswered: false,
      });
      return;
    }
    const shell = this.#takeUpSession(before);
    if (shell === null) return;
    shell.session.configure(sessionSettings(this.#settings, this.#deps.applicationOptions), this.#dictionary.loaded);
    this.#reports.begin();
    shell.dial(target);
  }

  #deliver(message: MessageView, now: Instant): BusinessRejection | null {
    this.#reports.delivered(message.msgType);
    return this.#shell === null ? null : this.#deps.application(message, this.#shell, now);
  }

  #answer(requestId: number, answer: OperatorAnswer): void {
    this.#report({ type: 'answer', requestId, ...answer });
  }

  #ended(end: Ended): void {
    this.#parting.cancel();
    this.#timeline.flush();
    const session = this.#shell?.session;
    this.#report({ type: 'disconnected', ...end, nextIn: session?.nextIn ?? 1, nextOut: session?.nextOut ?? 1 });
    if (this.#endsWith !== null) this.stop(this.#endsWith);
  }

  #say(level: 'attention' | 'alarm', text: string): void {
    this.#timeline.add(
      { atMs: Date.now(), event: 'Engine', level, direction: null, text, seqIn: null, seqOut: null },
      Date.now(),
    );
  }

  #storeFailed(error: Error): void {
    this.#say('alarm', `The message store cannot be used: ${error.message}`);
    this.stop(1);
  }

  /** Logs out or gives up connecting; answered by `disconnected` in any case. */
  logout(text: string, reason: DisconnectReason): void {
    if (this.#shell?.busy === true) this.#shell.logout(text, reason);
    else this.#ended({ reason, wasLoggedOn: false, logoutAnswered: false });
  }

  /** Logs out if connected, waits for the answer as long as LogoutAckThreshold and a second, then stops. */
  end(text: string, reason: DisconnectReason, code = 0): void {
    if (this.#endsWith !== null) return;
    this.#endsWith = code;
    setTimeout(() => this.stop(code), (this.#settings?.session.logoutAckMs ?? 0) + END_GRACE_MS);
    this.logout(text, reason);
  }

  get ending(): boolean {
    return this.#endsWith !== null;
  }

  /** Closes the socket at once, flushes store and log, ends the process. */
  stop(code: number): void {
    this.#shell?.destroy();
    this.#flushStore();
    const exit = (): void => {
      this.#timeline.flush();
      this.#deps.exit(code);
    };
    if (this.#log === null) exit();
    else this.#log.end(this.#deps.rehearsedWith === undefined ? LOG_SENT_MS : 0, exit);
  }

  /** Brings everything to the operating system, synchronously: the last thing a process does, also in a crash. */
  flush(): void {
    this.#log?.close();
    this.#flushStore();
  }

  #flushStore(): void {
    this.#counters?.stop();
    this.#timeline.flush();
    try {
      this.#store?.close();
    } catch (error) {
      process.stderr.write(`The message store cannot be closed: ${String(error)}\n`);
    }
    this.#store = null;
  }
}
