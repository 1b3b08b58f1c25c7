import type { LiveStats, LpState, LpView } from '../../../main/contracts/lp-view.ts';
import { fakeLp, fakeStats } from '../../support/fake-lps.ts';

export const NOW = Date.UTC(2026, 0, 31, 9, 30, 0);

/** One LP in a state, fresh at NOW, with everything else as it is when logged on. */
export function lpIn(state: LpState, more: Partial<LpView> = {}): LpView {
  return { ...fakeLp(0, NOW, true), provider: 'LP-A', pendingConfig: false, state, ...more };
}

export const loggedOn = (more: Partial<LpView> = {}): LpView => lpIn({ kind: 'logged-on' }, more);

export const statsWith = (more: Partial<LiveStats>): LiveStats => ({ ...fakeStats(0, NOW), ...more });
