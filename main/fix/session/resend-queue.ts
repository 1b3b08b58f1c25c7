import type { Instant } from './instant.ts';
import type { Outbound } from './outbound.ts';
import type { Port } from './port.ts';
import { SeqNumRanges } from './seq-num-ranges.ts';

/** Time without progress after which a peer that does not read what it asked for is given up. */
const STALL_MS = 120_000;

/**
 * Answers ResendRequests out of the store (scenario 8), as far as the transport takes it; `pump` goes on. Every number that is asked for
 * is sent after it was asked for; what several requests ask for while it waits is sent once. New messages wait behind all of it.
 */
export class ResendQueue {
  readonly #port: Port;
  readonly #outbound: Outbound;
  readonly #wanted = new SeqNumRanges();
  /** When the transport last took anything of a resend that waits; Infinity when none waits. What the peer says meanwhile does not move it. */
  #waitsSinceMs = Number.POSITIVE_INFINITY;
  neverResend: ReadonlySet<string> = new Set();

  constructor(port: Port, outbound: Outbound) {
    this.#port = port;
    this.#outbound = outbound;
  }

  /** Monotonic ms at which a resend that waits has waited too long; Infinity when none waits. */
  get stallMs(): number {
    return this.#waitsSinceMs + STALL_MS;
  }

  clear(): void {
    this.#forget();
    this.#outbound.forgetHeld();
  }

  /** The session ends by itself: what it still says goes out at once, without anything that the application has said. */
  abandon(now: Instant): void {
    this.#forget();
    this.#outbound.releaseOwn(now);
  }

  /**
   * @param end EndSeqNo(16); 0 or more than was sent: to the last one
   * @returns the last number that will be covered, less than `begin` when there is nothing to send
   */
  request(begin: number, end: number, now: Instant): number {
    const sent = this.#outbound.lastSent;
    const last = end === 0 || end > sent ? sent : end;
    if (last >= begin) this.#wanted.add(begin, last);
    this.pump(now);
    return last;
  }

  /** Sends on while the transport takes it. */
  pump(now: Instant): void {
    let taken = this.#waitsSinceMs === Number.POSITIVE_INFINITY;
    for (let run = this.#wanted.first; run !== undefined && this.#port.writable(); run = this.#wanted.first) {
      this.#wanted.dropBelow(this.#resend(run.from, run.to, now));
      taken = true;
    }
    if (taken) this.#waitsSinceMs = now.monoMs;
    if (this.#wanted.empty) {
      this.#waitsSinceMs = Number.POSITIVE_INFINITY;
      this.#outbound.release(now);
    } else this.#outbound.hold();
  }

  #forget(): void {
    this.#wanted.clear();
    this.#waitsSinceMs = Number.POSITIVE_INFINITY;
  }

  /** Answers the first number of first … last that is still to be sent. */
  #resend(first: number, last: number, now: Instant): number {
    const outbound = this.#outbound;
    let gapFrom = first;
    let paused = false;
    this.#port.stored(first, last, (seqNum, bytes, from, to) => {
      if (from === to || outbound.blocked || this.#isNeverResent(bytes, from)) return true;
      if (gapFrom < seqNum) outbound.gapFill(gapFrom, seqNum - 1, now);
      // A damaged message becomes part of the next GapFill.
      gapFrom = seqNum;
      const damage = outbound.resend(bytes, from, to, now);
      if (damage === null) {
        gapFrom = seqNum + 1;
        outbound.queued.delete(seqNum);
      } else this.#noteDamage(seqNum, damage);
      paused = !this.#port.writable();
      return !paused;
    });
    if (paused) return gapFrom;
    if (gapFrom <= last) outbound.gapFill(gapFrom, last, now);
    return last + 1;
  }

  #noteDamage(seqNum: number, damage: string): void {
    const text = `Stored message ${seqNum} is damaged and replaced by a GapFill: ${damage}`;
    this.#port.note({ event: 'ResendRequest', level: 'alarm', direction: 'out', text, seqIn: null, seqOut: seqNum });
  }

  /** MsgType is the third field: 8=…|9=…|35=… */
  #isNeverResent(bytes: Uint8Array, from: number): boolean {
    if (this.neverResend.size === 0) return false;
    let at = from;
    for (let fields = 0; fields < 2; at += 1) if (bytes[at] === 1) fields += 1;
    const end = bytes.indexOf(1, at);
    return this.neverResend.has(String.fromCharCode(...bytes.subarray(at + 3, end)));
  }
}
