/** Equal ResendRequests without progress after which asking stops (scenario 20). */
const MAX_EQUAL_REQUESTS = 3;
/** Time without progress after which the same is asked again. */
const PROGRESS_MS = 30_000;

export type AskDecision = 'ask' | 'stalled' | 'stalled-before';

/** The run of inbound messages that is missing, and how often it was asked for. */
export class InboundGap {
  /** First and last missing number when the gap was found; from is 0 when there is no gap. */
  from = 0;
  to = 0;
  #asked = 0;
  #equalRequests = 0;
  #progressMs = 0;

  get open(): boolean {
    return this.from !== 0;
  }

  /** Asking has been given up. */
  get stalled(): boolean {
    return this.open && this.#equalRequests > MAX_EQUAL_REQUESTS;
  }

  /** Monotonic ms at which to ask again (or, when stalled, to give up); Infinity without a gap. */
  get deadlineMs(): number {
    return this.open ? this.#progressMs + PROGRESS_MS : Number.POSITIVE_INFINITY;
  }

  find(nextIn: number, received: number, monoMs: number): void {
    this.from = nextIn;
    this.to = received - 1;
    this.#asked = 0;
    this.#equalRequests = 0;
    this.#progressMs = monoMs;
  }

  /** Whether a ResendRequest from `nextIn` may go out now; counts it. */
  ask(nextIn: number, monoMs: number): AskDecision {
    this.#progressMs = monoMs;
    this.#equalRequests = nextIn === this.#asked ? this.#equalRequests + 1 : 1;
    this.#asked = nextIn;
    if (this.#equalRequests <= MAX_EQUAL_REQUESTS) return 'ask';
    return this.#equalRequests === MAX_EQUAL_REQUESTS + 1 ? 'stalled' : 'stalled-before';
  }

  /** The expected number moved; true when that closed the gap. */
  progress(nextIn: number, monoMs: number): boolean {
    if (!this.open) return false;
    this.#progressMs = monoMs;
    if (nextIn <= this.to) return false;
    this.close();
    return true;
  }

  close(): void {
    this.from = 0;
    this.to = 0;
  }
}
