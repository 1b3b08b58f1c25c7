import type { Desk } from '../faults/desk.ts';
import { descriptorsOf, processesBelow, residentMb } from '../faults/footprint.ts';

const MORE_MB = 150;
const MORE_DESCRIPTORS = 80;
/** A Logon may be under way when the latch is set. */
const LOGON_GRACE_MS = 1_000;
/** A session that is killed has LogoutAckThreshold, and a process that does not answer is ended. */
const END_WITHIN_MS = 8_000;

/** What holds at every moment, whatever is done to a console. */
export class Invariants {
  readonly #desk: Desk;
  readonly #memoryMb: number;
  readonly #descriptors: number;
  /** When the kill of an LP was answered; until its re-arm is asked for. */
  readonly #latched = new Map<number, number>();

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#memoryMb = residentMb(desk.pid);
    this.#descriptors = descriptorsOf(desk.pid);
  }

  latched(lp: number): void {
    if (!this.#latched.has(lp)) this.#latched.set(lp, performance.now());
  }

  rearming(lp: number): void {
    this.#latched.delete(lp);
  }

  get killed(): readonly number[] {
    return [...this.#latched.keys()];
  }

  /** @throws Error naming what does not hold */
  check(): void {
    const { lps, pid } = this.#desk;
    for (const lp of lps) if (lp.complaints.length > 0) throw new Error(`${lp.compId} saw ${lp.complaints.join('; ')}`);
    const now = performance.now();
    for (const [i, atMs] of this.#latched) {
      const lp = lps[i];
      const last = lp?.sessions.at(-1);
      if (lp === undefined || last === undefined) continue;
      if (last.atMs > atMs + LOGON_GRACE_MS)
        throw new Error(`${lp.compId} is killed, and there was a Logon ${last.atMs - atMs} ms later`);
      if (lp.loggedOn && now > atMs + END_WITHIN_MS) throw new Error(`${lp.compId} is killed, and on ${now - atMs} ms later`);
    }
    const [memory, descriptors] = [residentMb(pid), descriptorsOf(pid)];
    if (memory > this.#memoryMb + MORE_MB) throw new Error(`main has ${memory} MB, ${this.#memoryMb} at the start`);
    if (descriptors > this.#descriptors + MORE_DESCRIPTORS)
      throw new Error(`main has ${descriptors} descriptors, ${this.#descriptors} at the start`);
    const engines = processesBelow(pid).filter(({ command }) => command.includes('--provider='));
    if (engines.length > 2 * lps.length) throw new Error(`${engines.length} engines for ${lps.length} LPs`);
  }
}
