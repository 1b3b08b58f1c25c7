import { backoffMs } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { Emitter } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { Health } from '../contracts/lp-view.ts';
import type { RefusedWrites } from '../contracts/refused.ts';
import { NatsAway, type NatsLink, openNats } from './nats-connection.ts';
import type { NatsServer } from './nats-server.ts';
import { Outbox, type OutboxDatabase } from './outbox.ts';

const RECONNECT = { baseMs: 250, factor: 2, capMs: 10_000 };
/** For events that another console wrote and could not publish, and to count those that wait. */
const POLL_MS = 2_000;
const CLOSE_WAIT_MS = 2_000;
/** A user may be allowed by then what was forbidden before. */
const ASK_AGAIN_MS = 15_000;

export type NatsHealth = Health['nats'];

export interface NatsPublisherOptions {
  /** Null: off. */
  readonly server: NatsServer | null;
  readonly database: OutboxDatabase;
  readonly clock: Clock;
  /** Told of errors that are not an outage of NATS: for the log. */
  readonly onError?: (error: unknown) => void;
}

/** Publishes what is in the outbox, in order, for as long as it lives: reconnects for ever, and forgets an event only when NATS has it. */
export class NatsPublisher {
  readonly #options: NatsPublisherOptions;
  readonly #outbox: Outbox;
  readonly #healthListeners = new Emitter<NatsHealth>();
  readonly #publishedListeners = new Emitter<readonly string[]>();
  #health: NatsHealth;
  #link: NatsLink | null = null;
  /** Subjects on which this user may not publish, for a while. */
  #forbidden: readonly string[] = [];
  /** Whether that is to be asked anew. */
  #asks = false;
  #cancelForbidden: () => void = () => undefined;
  #refused = 0;
  #failures = 0;
  #lastError: string | null = null;
  #closed = false;
  #pumping: Promise<void> | null = null;
  #again = false;
  #connecting: Promise<void> = Promise.resolve();
  #cancelReconnect: () => void = () => undefined;
  #cancelPoll: () => void = () => undefined;

  constructor(options: NatsPublisherOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.database);
    const sinceMs = options.clock.nowMs();
    if (options.server === null) {
      this.#health = { state: 'off', text: 'NATS off (VFXLP_NATS_URL is not set)', sinceMs, waiting: 0 };
      return;
    }
    this.#health = { state: 'down', text: `No connection to NATS at ${this.#where} yet`, sinceMs, waiting: 0 };
    this.#connecting = this.#connect();
    this.wake();
  }

  /** Something was written to the outbox. */
  wake(): void {
    if (this.#options.server === null || this.#closed) return;
    this.#again = true;
    if (this.#pumping !== null) return;
    this.#cancelPoll();
    this.#pumping = this.#pump().finally(() => {
      this.#pumping = null;
      if (this.#closed) return;
      if (this.#again) this.wake();
      else this.#cancelPoll = this.#options.clock.after(POLL_MS, () => this.wake());
    });
  }

  health(): NatsHealth {
    return this.#health;
  }

  /** Called when state or number of waiting events change. Returns the function that unsubscribes. */
  onHealth(listener: (health: NatsHealth) => void): () => void {
    return this.#healthListeners.on(listener);
  }

  /** What NATS refused for good; the same for all consoles on a database. */
  readonly refusedWrites: RefusedWrites = {
    count: () => this.#refused,
    list: () => this.#outbox.refused(),
    retry: async () => {
      await this.#outbox.retryRefused();
      this.wake();
    },
    discard: async (ids) => {
      await this.#outbox.discardRefused(ids);
      this.wake();
    },
  };

  /** Called with the ids of events that NATS has acknowledged. Returns the function that unsubscribes. */
  onPublished(listener: (eventIds: readonly string[]) => void): () => void {
    return this.#publishedListeners.on(listener);
  }

  /** Publishes what is in the outbox now if NATS is there, for two seconds at most; then ends. The database must still be open. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#cancelReconnect();
    this.#cancelPoll();
    if (this.#link !== null) {
      this.wake();
      await withDeadline(this.#options.clock, CLOSE_WAIT_MS, this.#pumped());
    }
    this.#closed = true;
    this.#cancelForbidden();
    this.#cancelPoll();
    await this.#link?.close();
    await this.#connecting;
    await this.#pumping;
  }

  get #where(): string {
    return this.#options.server === null ? '' : new URL(this.#options.server.url).host;
  }

  async #pumped(): Promise<void> {
    while (this.#pumping !== null) await this.#pumping;
  }

  async #connect(): Promise<void> {
    const { server, clock } = this.#options;
    if (server === null || this.#closed) return;
    try {
      const link = await openNats(server);
      if (this.#closed) return await link.close();
      this.#link = link;
      this.#failures = 0;
      this.#asks = true;
      this.#say();
      this.wake();
      void link.ended.then((reason) => this.#lost(link, reason));
    } catch (error) {
      if (!(error instanceof NatsAway)) this.#report(error);
      this.#set({
        state: 'down',
        text: `No connection to NATS at ${this.#where}: ${messageOf(error)}`,
      });
      const waitMs = backoffMs(RECONNECT, this.#failures);
      this.#failures += 1;
      this.#cancelReconnect = clock.after(waitMs, () => {
        this.#connecting = this.#connect();
      });
    }
  }

  #lost(link: NatsLink, reason: string): void {
    if (this.#link !== link) return;
    this.#link = null;
    if (this.#closed) return;
    this.#set({ state: 'down', text: `The connection to NATS at ${this.#where} was lost: ${reason}` });
    this.#connecting = this.#connect();
  }

  async #pump(): Promise<void> {
    this.#again = false;
    try {
      await this.#drain();
      const { waiting, refused } = await this.#outbox.counts();
      this.#refused = refused;
      if (waiting === 0) this.#forbid([]);
      this.#set({ waiting });
      this.#say();
      this.#lastError = null;
    } catch (error) {
      this.#report(error);
    }
  }

  async #drain(): Promise<void> {
    const link = this.#link;
    if (link === null) return;
    try {
      const asks = this.#asks || this.#forbidden.length === 0;
      const { outcome, more } = await this.#outbox.drain((events) => link.publish(events), asks ? [] : this.#forbidden);
      if (more) this.#again = true;
      if (outcome === null) return;
      const { published, forbidden } = outcome;
      if (asks) this.#forbid(forbidden);
      if (published.length > 0) this.#publishedListeners.emit(published.map(({ eventId }) => eventId));
    } catch (error) {
      // An outage of NATS is the link's to announce; the events are where they were.
      if (!(error instanceof NatsAway)) throw error;
    }
  }

  #forbid(subjects: readonly string[]): void {
    this.#forbidden = subjects;
    this.#asks = false;
    this.#cancelForbidden();
    if (subjects.length === 0) return;
    this.#cancelForbidden = this.#options.clock.after(ASK_AGAIN_MS, () => {
      this.#asks = true;
      this.wake();
    });
    // What is behind them on other subjects leaves.
    this.#again = true;
  }

  /** What there is to say of NATS while there is a connection. */
  #say(): void {
    if (this.#link === null || this.#closed) return;
    const name = `NATS at ${this.#where}`;
    if (this.#forbidden.length > 0) {
      const subjects = this.#forbidden.join(', ');
      this.#set({ state: 'degraded', text: `${name} says that this user may not publish on ${subjects}: the events wait` });
    } else if (this.#refused > 0) {
      const events = this.#refused === 1 ? '1 event was' : `${this.#refused} events were`;
      this.#set({ state: 'degraded', text: `${name}: ${events} refused for good, see the Audit screen` });
    } else this.#set({ state: 'ok', text: name });
  }

  /** Once for each error: the same one comes back at every poll while the database is away. */
  #report(error: unknown): void {
    const text = String(error);
    if (text === this.#lastError) return;
    this.#lastError = text;
    this.#options.onError?.(error);
  }

  #set(change: Partial<NatsHealth>): void {
    const before = this.#health;
    const sinceMs = change.state === undefined || change.state === before.state ? before.sinceMs : this.#options.clock.nowMs();
    this.#health = { ...before, ...change, sinceMs };
    const { state, text, waiting } = this.#health;
    if (state === before.state && text === before.text && waiting === before.waiting) return;
    this.#healthListeners.emit(this.#health);
  }
}
