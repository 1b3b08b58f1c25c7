import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Footprint, leftOver } from './footprint.ts';

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

/** What faults are put to. */
export interface Attacked {
  /** Resolves when nothing of the fault before is to be seen any more. */
  well(): Promise<void>;
  footprint(): Footprint;
  /** Resolves when everything runs again by itself. @throws Error with what does not */
  whole(): Promise<void>;
  /** What was lost, or should not have been, in words; null: nothing. */
  lost(): string | null;
  /** @returns what was left over, in words; null: nothing */
  close(): Promise<string | null>;
}

const CHECK_MS = 10_000;
const CHECK_EVERY_MS = 250;

/** On a machine that is held up by others a row that was late is put once more, and says so; one that lost something never is. */
const LATE = { count: 1, condition: /^(not )?shown (within|after) / };

type RowBody<A> = (row: FaultRow, attacked: A) => Promise<void>;

export type FaultRows<A> = (fault: string, limitMs: number, body: RowBody<A>, timeoutMs?: number) => void;

/**
 * The faults of one area, put to the same one after the other. After each it must be whole again by itself, nothing lost and nothing left
 * over; one that is not is replaced before the next.
 *
 * @param open answers why it cannot be had on this machine, in words
 */
export function faultRows<A extends Attacked>(area: string, open: () => Promise<A | string>): FaultRows<A> {
  let attacked: A | string | null = null;
  let sound = true;
  const close = async (): Promise<string | null> => {
    const closing = attacked;
    attacked = null;
    return closing === null || typeof closing === 'string' ? null : await closing.close();
  };
  beforeAll(async () => {
    attacked = await open();
  });
  afterAll(async () => {
    expect(await close(), 'left over at the end').toBe(null);
  });

  return (fault, limitMs, body, timeoutMs = 60_000) => {
    test(fault, { timeout: timeoutMs, retry: LATE }, async ({ task, skip }) => {
      const row: FaultRow = { area, fault, shownMs: null, limitMs, words: '', lost: '?', leftOver: '?', skipped: null };
      task.meta.faultRow = row;
      if (!sound) {
        await close();
        attacked = await open();
      }
      const now = attacked;
      if (now === null) throw new Error('there is nothing to be attacked');
      if (typeof now === 'string') {
        row.skipped = now;
        skip(now);
        return;
      }
      sound = false;
      await now.well();
      const before = now.footprint();
      await body(row, now);
      if (row.skipped === null) {
        await now.whole();
        row.lost = await lastWord(() => now.lost());
        row.leftOver = await lastWord(() => leftOver(before, now.footprint()));
        expect([row.lost, row.leftOver], 'lost and left over').toEqual(['nothing', 'nothing']);
      }
      sound = true;
      if (row.skipped !== null) skip(row.skipped);
    });
  };
}

/** Asks until there is nothing to say, ten seconds at most. */
async function lastWord(find: () => string | null): Promise<string> {
  const deadline = performance.now() + CHECK_MS;
  for (;;) {
    const found = find();
    if (found === null) return 'nothing';
    if (performance.now() > deadline) return found;
    await sleep(CHECK_EVERY_MS);
  }
}
