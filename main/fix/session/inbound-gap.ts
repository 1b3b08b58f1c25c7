/** Equal ResendRequests without progress after which asking stops (scenario 20). */
const MAX_EQUAL_REQUESTS = 3;
/** Time after a ResendRequest after which the same is asked again. */
const ASK_AGAIN_MS = 30_000;
/** Time without progress after which the session is given up. */
const STALL_MS = 120_000;

export type AskDecision = 'ask' | 'stalled' | 'stalled-before';

/** The run of inbound messages that is missing, and how often it was asked for. */
export class InboundGap {
  /** First and last missing number when the gap was found; from is 0 when there is no gap. */
  from = 0;
  to = 0;
  #asked = 0;
  #equalRequests = 0;
  #askedMs = 0;
  /** When the gap last shrank. Nothing else moves it: a peer that only talks does not keep a session with a hole in it alive. */
  #progressMs = 0;

  get open(): boolean {
    return this.from !== 0;
  }

  /** Whether the gap has not shrunk for so long that it never will. */
  stalled(monoMs: number): boolean {
    return this.open && monoMs >= this.#progressMs + STALL_MS;
  }

  /** Monotonic ms at which to ask again or to give up; Infinity without a gap. */
  get deadlineMs(): number {
    if (!this.open) return Number.POSITIVE_INFINITY;
    const stallMs = this.#progressMs + STALL_MS;
    return this.#equalRequests > MAX_EQUAL_REQUESTS ? stallMs : Math.min(this.#askedMs + ASK_AGAIN_MS, stallMs);
  }

  /** Messages from `nextIn` to before `received` are missing. */
  find(nextIn: number, received: number, monoMs: number): void {
    this.from = nextIn;
    this.to = received - 1;
    this.#asked = 0;
    this.#equalRequests = 0;
    this.#askedMs = monoMs;
    this.#progressMs = monoMs;
  }

  /** Whether a ResendRequest from `nextIn` may go out now; counts it. */
  ask(nextIn: number, monoMs: number): AskDecision {
    this.#askedMs = monoMs;
    this.#equalRequests = nextIn === this.#asked ? this.#equalRequests + 1 : 1;
    this.#asked = nextIn;
    if (this.#equalRequests <= MAX_EQUAL_REQUESTS) return 'ask';
    return this.#equalRequests === MAX_EQUAL_REQUESTS + 1 ? 'stalled' : 'stalled-before';
  }

  /** The expected number rose; true when that closed the gap. */
  progress(nextIn: number, monoMs: number): boolean {
    if (!this.open) return false;
    this.#progressMs = monoMs;
    this.#askedMs = monoMs;
    this.#equalRequests = 0;
    if (nextIn <= this.to) return false;
    this.close();
    return true;
  }

  close(): void {
    this.from = 0;
    this.to = 0;
  }
}
