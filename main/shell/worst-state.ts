import { type Counts, countsOf } from '../contracts/lp-trouble.ts';
import type { LpView } from '../contracts/lp-view.ts';

/** What the tray shows, by the worst of all LPs; the order is that of the overview. */
export const WORST_STATES = ['error', 'killed', 'trouble', 'up', 'idle'] as const;
export type WorstState = (typeof WORST_STATES)[number];

export interface DeskState {
  readonly worst: WorstState;
  /** LPs that need a person. */
  readonly need: number;
  /** In words. */
  readonly text: string;
}

/** @param nowMs epoch ms */
export function deskState(host: string, lps: readonly LpView[], nowMs: number): DeskState {
  const counts = countsOf(lps, nowMs);
  return { worst: worstOf(lps, counts), need: counts.trouble + counts.killed, text: textOf(host, counts) };
}

function worstOf(lps: readonly LpView[], { trouble, killed, loggedOn }: Counts): WorstState {
  if (lps.some(({ state }) => state.kind === 'error')) return 'error';
  if (killed > 0) return 'killed';
  if (trouble > 0) return 'trouble';
  return loggedOn > 0 ? 'up' : 'idle';
}

function textOf(host: string, { total, loggedOn, trouble, killed }: Counts): string {
  const parts = [`${loggedOn} of ${total} logged on`];
  if (trouble > 0) parts.push(`${trouble} in trouble`);
  if (killed > 0) parts.push(`${killed} killed`);
  return `VFXLP ${host}: ${parts.join(', ')}`;
}
