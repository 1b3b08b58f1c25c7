import type { Health } from '../../main/contracts/lp-view.ts';
import type { Desk } from './desk.ts';
import { type FaultRow, type FaultRows, faultRows } from './fault-rows.ts';

/** One fault in the making. */
export class Fault {
  readonly row: FaultRow;
  readonly desk: Desk;

  constructor(desk: Desk, row: FaultRow) {
    this.desk = desk;
    this.row = row;
  }

  /**
   * Puts the fault, and waits until it is shown.
   * @param shown the words with which it is, or null as long as it is not
   */
  async shows(put: () => unknown, shown: () => string | null | undefined | false): Promise<void> {
    const began = performance.now();
    await put();
    this.row.words = await this.desk.screen.until(shown, this.row.limitMs);
    this.row.shownMs = performance.now() - began;
    // Putting it counts: a kill that is not answered is shown to nobody.
    if (this.row.shownMs > this.row.limitMs) throw new Error(`shown after ${Math.round(this.row.shownMs)} ms`);
  }

  /** The same, for an LP's line; or its key events, where it is logged on again before a screen is told the next time. */
  showsLine(put: () => unknown, matches: RegExp, provider = 'LP-1'): Promise<void> {
    const before = this.desk.screen.told;
    return this.shows(put, () => {
      const { screen } = this.desk;
      const line = screen.line(provider);
      if (matches.test(line)) return line;
      return screen.eventsSince(before).find((event) => event.startsWith(`${provider} `) && matches.test(event));
    });
  }

  /** The same, for a part of the health. */
  showsHealth(put: () => unknown, part: keyof Health, matches: RegExp): Promise<void> {
    return this.shows(put, () => {
      const health = this.desk.screen.health?.[part];
      if (health === undefined || health.state === 'ok') return null;
      return matches.test(health.text) ? `${part} ${health.state}: ${health.text}` : null;
    });
  }

  /** A fault that ends no session: none does for so long, nor is one begun. */
  async keeps(put: () => unknown, forMs: number): Promise<void> {
    const { lps } = this.desk;
    const before = lps.map((lp) => lp.sessions.length);
    await put();
    this.row.shownMs = 0;
    await this.desk.screen
      .until(() => lps.some((lp, i) => lp.sessions.length !== before[i] || !lp.loggedOn), forMs)
      .then(
        () => {
          throw new Error(`a session ended: ${this.desk.screen.describe()}`);
        },
        () => {
          this.row.words = `no session ends in ${forMs / 1_000} s`;
        },
      );
  }

  skip(reason: string): void {
    this.row.skipped = reason;
  }
}

type Body = (fault: Fault, desk: Desk) => Promise<void>;

/** Faults that are put to one console. */
export function faults(
  area: string,
  open: () => Promise<Desk>,
): (fault: string, limitMs: number, body: Body, timeoutMs?: number) => void {
  const put: FaultRows<Desk> = faultRows(area, open);
  return (fault, limitMs, body, timeoutMs) => put(fault, limitMs, (row, desk) => body(new Fault(desk, row), desk), timeoutMs);
}
