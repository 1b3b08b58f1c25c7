import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Health } from '../../main/contracts/lp-view.ts';
import type { Desk } from './desk.ts';
import { leftOver } from './footprint.ts';

/** A line of the table. */
export interface FaultRow {
  readonly area: string;
  readonly fault: string;
  shownMs: number | null;
  limitMs: number;
  /** With which words it was shown. */
  words: string;
  lost: string;
  leftOver: string;
  /** Why it could not be put here; null: it was. */
  skipped: string | null;
}

declare module 'vitest' {
  interface TaskMeta {
    faultRow?: FaultRow;
  }
}

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

interface Faults {
  (fault: string, limitMs: number, body: Body, timeoutMs?: number): void;
  /** One that does not hold yet, and why; it stands in the table, and is put with VFXLP_FAULTS_TODO=1. */
  todo(fault: string, why: string, limitMs: number, body: Body, timeoutMs?: number): void;
}

type Body = (fault: Fault, desk: Desk) => Promise<void>;

/**
 * The faults of one area, put to one console after the other. After each the console must be whole again by itself, nothing lost and
 * nothing left over; one that is not is replaced before the next.
 */
export function faults(area: string, open: () => Promise<Desk>): Faults {
  let desk: Desk | null = null;
  let sound = true;
  const close = async (): Promise<string | null> => (await desk?.close()) ?? null;
  beforeAll(async () => {
    desk = await open();
  });
  afterAll(async () => {
    expect(await close(), 'left over at the end').toBe(null);
  });

  const put = (fault: string, limitMs: number, body: Body, timeoutMs = 60_000): void => {
    test(
      fault,
      async ({ task }) => {
        const row: FaultRow = { area, fault, shownMs: null, limitMs, words: '', lost: '?', leftOver: '?', skipped: null };
        task.meta.faultRow = row;
        if (!sound) {
          await close();
          desk = await open();
        }
        if (desk === null) throw new Error('no desk');
        sound = false;
        await desk.well();
        const before = desk.footprint();
        await body(new Fault(desk, row), desk);
        if (row.skipped === null) {
          await desk.whole();
          await check(
            desk,
            () => desk?.lost() ?? null,
            (words) => (row.lost = words),
          );
          await check(
            desk,
            () => (desk === null ? null : leftOver(before, desk.footprint())),
            (words) => (row.leftOver = words),
          );
          expect([row.lost, row.leftOver], 'lost and left over').toEqual(['nothing', 'nothing']);
        }
        sound = true;
      },
      timeoutMs,
    );
  };
  const todo = (fault: string, why: string, ...how: readonly [number, Body, number?]): void => {
    if (process.env['VFXLP_FAULTS_TODO'] === '1') put(fault, ...how);
    else test.todo(`${fault} (${why})`);
  };
  return Object.assign(put, { todo });
}

/** Asks until there is nothing to say, or it has not changed for the better in ten seconds. */
async function check(desk: Desk, find: () => string | null, note: (words: string) => void): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const found = find();
    note(found ?? 'nothing');
    if (found === null || performance.now() > deadline) return;
    await desk.screen.until(() => find() === null, 500).catch(() => null);
  }
}
