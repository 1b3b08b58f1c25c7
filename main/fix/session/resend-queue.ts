import type { Instant } from './instant.ts';
import type { Outbound } from './outbound.ts';
import type { Port } from './port.ts';

/** A peer that asks again and again must not grow this; what is dropped, it asks for once more. */
const MAX_JOBS = 16;

interface Job {
  next: number;
  readonly last: number;
}

/**
 * Answers ResendRequests out of the store (scenario 8), as far as the transport takes it; `pump` goes on. While it works, new
 * application messages wait in the store (Outbound.unsentFrom) and follow, for the first time, when all jobs are done.
 */
export class ResendQueue {
  readonly #port: Port;
  readonly #outbound: Outbound;
  readonly #jobs: Job[] = [];
  neverResend: ReadonlySet<string> = new Set();

  constructor(port: Port, outbound: Outbound) {
    this.#port = port;
    this.#outbound = outbound;
  }

  get busy(): boolean {
    return this.#jobs.length > 0 || this.#outbound.unsentFrom !== 0;
  }

  clear(): void {
    this.#jobs.length = 0;
    this.#outbound.unsentFrom = 0;
  }

  /**
   * @param end EndSeqNo(16); 0 or more than was sent: to the last one
   * @returns the last number that will be covered, less than `begin` when there is nothing to send
   */
  request(begin: number, end: number, now: Instant): number {
    const { unsentFrom, nextOut } = this.#outbound;
    const sent = (unsentFrom === 0 ? nextOut : unsentFrom) - 1;
    const last = end === 0 || end > sent ? sent : end;
    if (last >= begin && this.#jobs.length < MAX_JOBS && !this.#jobs.some((job) => job.next <= begin && last <= job.last)) {
      this.#jobs.push({ next: begin, last });
    }
    this.pump(now);
    return last;
  }

  /** Sends on while the transport takes it. */
  pump(now: Instant): void {
    while (this.#jobs.length > 0 && this.#port.writable()) {
      const job = this.#jobs[0] as Job;
      this.#resend(job, now);
      if (job.next > job.last) this.#jobs.shift();
    }
    if (this.#jobs.length === 0 && this.#outbound.unsentFrom !== 0) this.#sendUnsent(now);
  }

  #resend(job: Job, now: Instant): void {
    const outbound = this.#outbound;
    let gapFrom = job.next;
    let paused = false;
    this.#port.stored(job.next, job.last, (seqNum, bytes, from, to) => {
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
    if (paused) {
      job.next = gapFrom;
      return;
    }
    if (gapFrom <= job.last) outbound.gapFill(gapFrom, job.last, now);
    job.next = job.last + 1;
  }

  #noteDamage(seqNum: number, damage: string): void {
    const text = `Stored message ${seqNum} is damaged and replaced by a GapFill: ${damage}`;
    this.#port.note({ event: 'ResendRequest', level: 'alarm', direction: 'out', text, seqIn: null, seqOut: seqNum });
  }

  #sendUnsent(now: Instant): void {
    const outbound = this.#outbound;
    this.#port.stored(outbound.unsentFrom, outbound.nextOut - 1, (seqNum, bytes, from, to) => {
      if (!this.#port.writable()) return false;
      if (from !== to && !outbound.blocked) {
        outbound.sendStored(bytes, from, to, now);
        outbound.queued.delete(seqNum);
      }
      outbound.unsentFrom = seqNum + 1;
      return true;
    });
    if (outbound.unsentFrom >= outbound.nextOut) outbound.unsentFrom = 0;
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
