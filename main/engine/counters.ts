import type { LiveStats } from '../contracts/lp-view.ts';
import type { Session } from '../fix/session/session.ts';

const REPORT_MS = 250;
const IDLE_MS = 1000;
/** Rates are over the last second: this many reports and the one now. */
const SAMPLES = 5;

interface Sample {
  readonly atMs: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
}

/** Reports the session's counters: four times a second while they move, once a second when they do not. No work per message. */
export class Counters {
  readonly #session: Session;
  readonly #store: { readonly unreadable: number };
  readonly #report: (stats: LiveStats) => void;
  readonly #samples: Sample[] = [];
  #timer: NodeJS.Timeout | null = null;
  #dueMs = 0;
  #reportedMs = 0;
  #lastReceivedMs: number | null = null;
  #lastSentMs: number | null = null;

  constructor(session: Session, store: { readonly unreadable: number }, report: (stats: LiveStats) => void) {
    this.#session = session;
    this.#store = store;
    this.#report = report;
  }

  /** Something was received or sent. Epoch ms. */
  received(wallMs: number): void {
    this.#lastReceivedMs = wallMs;
  }
  sent(wallMs: number): void {
    this.#lastSentMs = wallMs;
  }

  /** Called at the end of every turn: makes sure that a report follows within 250 ms of the last one. */
  moved(monoMs: number): void {
    if (this.#timer !== null && this.#dueMs > this.#reportedMs + REPORT_MS)
      this.#arm(Math.max(0, this.#reportedMs + REPORT_MS - monoMs), monoMs);
  }

  start(): void {
    this.#reportNow();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #arm(ms: number, monoMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueMs = monoMs + ms;
    this.#timer = setTimeout(() => this.#reportNow(), ms);
  }

  #reportNow(): void {
    const monoMs = performance.now();
    this.#reportedMs = monoMs;
    this.#report(this.#stats(monoMs));
    const oldest = this.#samples[0];
    const newest = this.#samples.at(-1);
    const moving =
      oldest !== undefined &&
      newest !== undefined &&
      (oldest.messagesIn !== newest.messagesIn || oldest.messagesOut !== newest.messagesOut);
    this.#arm(moving ? REPORT_MS : IDLE_MS, monoMs);
  }

  #stats(monoMs: number): LiveStats {
    const session = this.#session;
    const now: Sample = { atMs: monoMs, messagesIn: session.messagesIn, messagesOut: session.messagesOut };
    this.#samples.push(now);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    const then = this.#samples[0] ?? now;
    const seconds = (now.atMs - then.atMs) / 1000;
    const perSecond = (count: number): number => (seconds > 0 ? Math.round(count / seconds) : 0);
    const silentMs = session.silentMs(monoMs);
    return {
      nextIn: session.nextIn,
      nextOut: session.nextOut,
      inPerSecond: perSecond(now.messagesIn - then.messagesIn),
      outPerSecond: perSecond(now.messagesOut - then.messagesOut),
      totalIn: now.messagesIn,
      totalOut: now.messagesOut,
      lastReceivedMs: this.#lastReceivedMs,
      lastSentMs: this.#lastSentMs,
      lastMessage: this.#lastMessage(),
      testRequestRttMs: session.roundTripMs,
      silentSinceMs: silentMs === null ? null : Math.round(Date.now() - silentMs),
      gap: session.gap,
      rejects: session.rejects,
      garbled: session.garbled,
      unreadable: this.#store.unreadable,
      rssBytes: process.memoryUsage.rss(),
    };
  }

  #lastMessage(): LiveStats['lastMessage'] {
    const receivedMs = this.#lastReceivedMs ?? 0;
    const sentMs = this.#lastSentMs ?? 0;
    const [direction, msgType, atMs] =
      sentMs > receivedMs
        ? (['out', this.#session.lastMsgTypeOut, sentMs] as const)
        : (['in', this.#session.lastMsgTypeIn, receivedMs] as const);
    return msgType === null ? null : { direction, msgType, atMs };
  }
}
