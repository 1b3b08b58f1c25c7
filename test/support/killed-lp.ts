import { expect } from 'vitest';
import { settle } from './fake-clock.ts';
import type { SessionDesk } from './session-desk.ts';

/** Runs LP-A and kills it. @returns the incident */
export async function killed(d: SessionDesk): Promise<string> {
  d.database.put('LP-A');
  await d.start();
  const { id } = await d.killAndSettle('LP-A');
  await settle();
  return id;
}

/** Nothing was started since the kill. */
export function expectDead(d: SessionDesk): void {
  expect(d.state()).toBe('killed');
  expect(d.launcher.alive('LP-A')).toEqual([]);
  expect(d.database.row('LP-A').status).toBe(0);
}
