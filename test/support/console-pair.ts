import { expect } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { MemoryDatabase } from './memory-database.ts';
import type { DeskOptions, SessionDesk } from './session-desk.ts';

/** Two consoles on one database, on different hosts. */
export interface Pair {
  readonly a: SessionDesk;
  readonly b: SessionDesk;
  readonly database: MemoryDatabase;
  readonly clock: FakeClock;
}

export function pair(desk: (options?: DeskOptions) => SessionDesk): Pair {
  const database = new MemoryDatabase();
  const clock = new FakeClock();
  const shared = { database, clock, random: () => 0.5 };
  return { a: desk({ ...shared, host: 'desk-a/1' }), b: desk({ ...shared, host: 'desk-b/2' }), database, clock };
}

/** Both run; whoever asked first owns LP-A. */
export async function running(desk: (options?: DeskOptions) => SessionDesk): Promise<Pair> {
  const both = pair(desk);
  both.database.put('LP-A');
  await both.a.start();
  await both.b.start();
  expect(both.a.state()).toBe('logged-on');
  return both;
}
