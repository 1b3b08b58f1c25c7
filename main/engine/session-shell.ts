import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { LocalEnd } from '../contracts/local-end.ts';
import type { Dictionary } from '../fix/codec/dictionary.ts';
import type { MessageView } from '../fix/codec/message-view.ts';
import type { Disconnect } from '../fix/session/disconnect.ts';
import type { BusinessRejection, Note, Port, Signal, StoredVisitor } from '../fix/session/port.ts';
import { Session } from '../fix/session/session.ts';
import type { SessionSettings } from '../fix/session/settings.ts';
import type { FixLog } from './log/fix-log.ts';
import { Clocks, type Instant } from './now.ts';
import type { QuotedSecrets } from './quoted-secrets.ts';
import type { MessageStore } from './store/message-store.ts';
import { asideStamp } from './store/store-aside.ts';
import { Transport } from './transport.ts';

/** The connection has ended. */
export interface Ended {
  readonly reason: DisconnectReason;
  readonly wasLoggedOn: boolean;
  readonly logoutAnswered: boolean;
}

export interface ShellListener {
  readonly quotes: QuotedSecrets;
  resolved(address: string, durationMs: number): void;
  connected(address: string, durationMs: number): void;
  signal(signal: Signal, sinceDialMs: number): void;
  note(note: Note, wallMs: number): void;
  /** An application message; the answer null takes it. */
  deliver(message: MessageView, now: Instant): BusinessRejection | null;
  /** Bytes came or went in this turn. */
  moved(now: Instant, received: boolean, sent: boolean): void;
  ended(end: Ended): void;
  /** The disk refused what had to be stored: nothing was sent, this process must end. */
  storeFailed(error: Error): void;
}

/**
 * The world around the session core: socket, store, log and the one timer. Everything happens in turns: something comes in, the session
 * acts, then at the end of the turn the store is written, after that the socket, then the timer is set to the session's next deadline.
 */
export class SessionShell {
  readonly session: Session;
  readonly #store: MessageStore;
  readonly #log: FixLog;
  readonly #listener: ShellListener;
  readonly #clocks = new Clocks();
  #transport: Transport | null = null;
  #dialledMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #timerMs = Number.POSITIVE_INFINITY;
  #wasLoggedOn = false;
  #received = false;
  #sent = false;
  /** What the session said when it ended the connection; the report waits for the socket. */
  #end: { readonly reason: Disconnect | null; readonly answered: boolean } | null = null;
  /** Why a Logout was asked for. */
  #asked: DisconnectReason | null = null;
  #failure: DisconnectReason | null = null;
  #heldBack = false;

  constructor(settings: SessionSettings, dictionary: Dictionary, store: MessageStore, log: FixLog, listener: ShellListener) {
    this.#store = store;
    this.#log = log;
    this.#listener = listener;
    this.session = new Session(settings, dictionary, this.#port(), store);
  }

  /** True from `dial` until `ended`. */
  get busy(): boolean {
    return this.#transport !== null;
  }

  dial(target: LocalEnd): void {
    this.#wasLoggedOn = false;
    this.#end = null;
    this.#asked = null;
    this.#dialledMs = performance.now();
    const transport = new Transport(target, {
      resolved: (address, durationMs) => this.#listener.resolved(address, durationMs),
      connected: (address, durationMs) => {
        this.#listener.connected(address, durationMs);
        if (this.#heldBack) transport.holdBack(true);
        this.turn((now) => this.session.connected(now));
      },
      received: (bytes, length) => {
        const now = this.#begin();
        this.#received = true;
        try {
          this.#listener.quotes.received(bytes, length);
          this.session.receive(bytes, 0, length, now);
          this.#finish(now);
        } catch (error) {
          this.#fail(error);
        }
      },
      drained: () => this.turn((now) => this.session.drained(now)),
      closed: (reason) => this.#closed(reason),
    });
    this.#transport = transport;
    transport.open();
  }

  /** Does something with the session as one turn. Null when the disk failed it: then this engine ends. */
  turn<T>(action: (now: Instant) => T): T | null {
    if (this.#failure !== null) return null;
    const now = this.#begin();
    try {
      const result = action(now);
      this.#finish(now);
      return result;
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  /** The store could not be written or read. What could not be stored must not be sent: its number would be used twice after a restart. */
  #fail(error: unknown): void {
    if (!isSystemError(error)) throw error;
    if (this.#failure !== null) return;
    this.#failure = { code: 'store-failed', detail: error.message };
    if (this.#transport === null) this.#listener.ended({ reason: this.#failure, wasLoggedOn: false, logoutAnswered: false });
    else this.#transport.destroy();
    this.#listener.storeFailed(error);
  }

  /** Logs out, or gives up dialling; `ended` follows with this reason. Only while busy. */
  logout(text: string, reason: DisconnectReason): void {
    this.#asked ??= reason;
    if (this.session.state === 'closed') this.#transport?.close();
    else this.turn((now) => this.session.logout(text, now));
  }

  /** Reads no further from the peer, or reads on. */
  holdBack(held: boolean): void {
    this.#heldBack = held;
    this.#transport?.holdBack(held);
  }

  /** Ends the connection without a word. */
  destroy(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#transport?.destroy();
  }

  #begin(): Instant {
    const now = this.#clocks.read();
    this.#log.at(now.wallMs);
    return now;
  }

  #finish(now: Instant): void {
    this.#store.flushMessages();
    this.#transport?.flush();
    this.#log.endTurn();
    // Answers on their way have taken the inbound number with them; its own place follows.
    this.#store.flushState();
    if (this.#end !== null) this.#transport?.close();
    this.#setTimer(now.monoMs);
    if (this.#received || this.#sent) this.#listener.moved(now, this.#received, this.#sent);
    this.#received = false;
    this.#sent = false;
  }

  /** One timer. When the deadline moves back it is left to fire early: setting it anew for every message would cost more. */
  #setTimer(monoMs: number): void {
    const deadlineMs = this.session.nextDeadlineMs;
    if (deadlineMs >= this.#timerMs || deadlineMs === Number.POSITIVE_INFINITY) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerMs = deadlineMs;
    this.#timer = setTimeout(
      () => {
        this.#timerMs = Number.POSITIVE_INFINITY;
        this.turn((now) => this.session.onDeadline(now));
      },
      Math.max(0, deadlineMs - monoMs),
    );
  }

  #closed(transportReason: DisconnectReason | null): void {
    this.#transport = null;
    const state = this.session.state;
    const own = this.session.transportClosed();
    const answered = this.#end?.answered ?? false;
    const reason = this.#failure ?? this.#end?.reason ?? own.reason;
    this.#listener.ended({
      reason: reason ?? this.#asked ?? detailed(transportReason, state),
      wasLoggedOn: this.#wasLoggedOn,
      logoutAnswered: answered,
    });
  }

  #port(): Port {
    return {
      store: (bytes, from, to) => this.#store.append(bytes, from, to),
      stored: (first: number, last: number, visitor: StoredVisitor) => this.#store.visit(first, last, visitor),
      persistExpected: (nextIn) => {
        this.#store.nextIn = nextIn;
      },
      persistNextOut: (nextOut) => this.#store.setNextOut(nextOut, asideStamp(this.#clocks.instant.wallMs)),
      persistResetPending: (pending) => {
        this.#store.resetPending = pending;
      },
      resetStore: () => this.#store.reset(asideStamp(this.#clocks.instant.wallMs)),
      send: (bytes, from, to) => {
        this.#sent = true;
        this.#transport?.write(bytes, from, to);
      },
      writable: () => {
        const transport = this.#transport;
        if (transport === null || transport.writable) return true;
        // What waits may be our own batch only: what the socket does not take at once is reason to pause.
        this.#store.flushMessages();
        transport.flush();
        return transport.writable;
      },
      log: (direction, bytes, from, to) => {
        const masked = this.#listener.quotes.masked(direction, bytes, from, to);
        if (masked === null) this.#log.append(direction, bytes, from, to);
        else this.#log.append(direction, masked, 0, masked.length);
      },
      deliver: (message) => this.#listener.deliver(message, this.#clocks.instant),
      disconnect: (reason, answered) => {
        this.#end = { reason, answered };
      },
      signal: (signal) => {
        if (signal === 'logged-on') this.#wasLoggedOn = true;
        this.#listener.signal(signal, performance.now() - this.#dialledMs);
      },
      note: (note) => this.#listener.note(note, this.#clocks.instant.wallMs),
    };
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function detailed(reason: DisconnectReason | null, state: string): DisconnectReason {
  if (reason === null) return { code: 'tcp-closed' };
  if (state !== 'awaiting-logon') return reason;
  const detail = 'before it answered our Logon';
  return { ...reason, detail: reason.detail === undefined ? detail : `${reason.detail}, ${detail}` };
}
