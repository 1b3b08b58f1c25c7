import { silentSinceMs, staleMs } from '../../main/contracts/lp-trouble.ts';
import type { LpView } from '../../main/contracts/lp-view.ts';
import { coarse, countdown, grouped } from './format.ts';

/** What a state asks of the person who looks at it. */
export type Tone = 'normal' | 'attention' | 'alarm' | 'dim' | 'latched' | 'hatched';
export type ShapeName =
  | 'disc'
  | 'half'
  | 'retry'
  | 'exchange'
  | 'triangle'
  | 'square'
  | 'diamond'
  | 'cross'
  | 'question'
  | 'ring'
  | 'dots'
  | 'stop';

export interface StateLabel {
  readonly shape: ShapeName;
  readonly word: string;
  readonly tone: Tone;
}

/** Whether its numbers are those of a session that has ended. */
export const isLastKnown = (lp: LpView): boolean => lp.stats !== null && lp.enginePid === null;

/**
 * Shape, word and tone of an LP's state at `nowMs` (main process' clock). `lostSinceMs`: since when the console itself is not
 * heard (same clock); then nothing on the screen is known to be true, and every LP is STALE.
 */
export function labelOf(lp: LpView, nowMs: number, lostSinceMs: number | null): StateLabel {
  const oldMs = lostSinceMs === null ? staleMs(lp, nowMs) : nowMs - lostSinceMs;
  if (oldMs !== null) return { shape: 'question', word: `STALE ${coarse(oldMs)}`, tone: 'hatched' };
  return plainLabel(lp, nowMs);
}

/** As labelOf, for a console that is heard and a session that is fresh. */
export function plainLabel(lp: LpView, nowMs: number): StateLabel {
  const { state } = lp;
  const silentMs = silentSinceMs(lp);
  if (silentMs !== null) return { shape: 'dots', word: `SILENT ${coarse(nowMs - silentMs)}`, tone: 'attention' };
  switch (state.kind) {
    case 'logged-on':
      return { shape: 'disc', word: 'LOGGED ON', tone: 'normal' };
    case 'connecting':
      return trying(lp, 'CONNECTING');
    case 'logon':
      return trying(lp, 'LOGON');
    case 'stopping':
      return { shape: 'stop', word: 'STOPPING', tone: lp.trouble === null ? 'normal' : 'attention' };
    case 'retry':
      return {
        shape: 'retry',
        word: `RETRY ${state.atMs <= nowMs ? 'now' : countdown(state.atMs, nowMs)} (attempt ${state.attempt})`,
        tone: 'attention',
      };
    case 'recovering':
      return { shape: 'exchange', word: `RECOVERING ${grouped(state.received)}/${grouped(state.total)}`, tone: 'attention' };
    case 'error':
      return { shape: 'triangle', word: 'ERROR', tone: 'alarm' };
    case 'inactive':
      return { shape: 'square', word: 'INACTIVE', tone: 'dim' };
    case 'off-schedule':
      return { shape: 'diamond', word: 'OFF SCHEDULE', tone: 'dim' };
    case 'killed':
      return { shape: 'cross', word: 'KILLED', tone: 'latched' };
    case 'foreign':
      return { shape: 'ring', word: 'OTHER OWNER', tone: 'dim' };
  }
}

/** An attempt: one of many, of an LP that is in trouble, or the first. */
function trying({ trouble, attempt }: LpView, word: 'CONNECTING' | 'LOGON'): StateLabel {
  if (trouble === null) return { shape: 'half', word, tone: 'normal' };
  if (attempt === 0) return { shape: 'half', word, tone: 'attention' };
  return { shape: 'retry', word: `RETRY ${attempt} · ${word === 'LOGON' ? 'logging on' : 'connecting'}…`, tone: 'attention' };
}
