import type { Clock } from '../base/clock.ts';
import type { Log } from './ports.ts';
import type { Identity, Tokens } from './tokens.ts';

/** Wrong tokens of one address that are answered at once, within the window. */
const FREE_FAILURES = 10;
const WINDOW_MS = 60_000;
/** What an answer to one more waits; a token that is right never waits. */
const PENALTY_MS = 1_000;
/** Answers that wait at a time: beyond that whoever asks is cut off. */
const MAX_WAITING = 32;
const MAX_ADDRESSES = 1_000;

/** Asks for the token at every door but the desktop's; wrong ones are counted, logged and slowed down. */
export class Door {
  readonly tokens: Tokens;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #failures = new Map<string, { sinceMs: number; count: number }>();
  #refused = 0;
  #waiting = 0;

  constructor(tokens: Tokens, clock: Clock, log: Log) {
    this.tokens = tokens;
    this.#clock = clock;
    this.#log = log;
  }

  /** Tokens refused since the console started. */
  get refused(): number {
    return this.#refused;
  }

  /** @param token '' when none was sent. @param from  the peer's address */
  identify(token: string, from: string): Identity | null {
    const identity = this.tokens.identify(token);
    if (identity === null) this.#failed(from, token !== '');
    return identity;
  }

  /** To be awaited before a refusal is answered. False: too many wait already, and whoever asks is to be cut off. */
  async penalty(from: string): Promise<boolean> {
    if ((this.#failures.get(from)?.count ?? 0) <= FREE_FAILURES) return true;
    if (this.#waiting >= MAX_WAITING) return false;
    this.#waiting += 1;
    await new Promise<void>((resolve) => this.#clock.after(PENALTY_MS, resolve));
    this.#waiting -= 1;
    return true;
  }

  #failed(from: string, sent: boolean): void {
    this.#refused += 1;
    const nowMs = this.#clock.nowMs();
    const known = this.#failures.get(from);
    if (known !== undefined && Math.abs(nowMs - known.sinceMs) < WINDOW_MS) {
      known.count += 1;
      return;
    }
    // One line an address and minute, with what the minute before had: the trace does not become the flood.
    this.#log.warn({ from, refusedBefore: known?.count ?? 0, refusedInAll: this.#refused }, sent ? 'Wrong token' : 'No token');
    this.#failures.delete(from);
    if (this.#failures.size >= MAX_ADDRESSES) this.#failures.delete(this.#failures.keys().next().value ?? '');
    this.#failures.set(from, { sinceMs: nowMs, count: 1 });
  }
}
