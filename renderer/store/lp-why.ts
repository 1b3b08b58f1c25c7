import { type DisconnectReason, describeReason, type Layer, REASONS } from '../../main/contracts/disconnect-reason.ts';
import { LOGON_LASTED_MS, silentSinceMs } from '../../main/contracts/lp-trouble.ts';
import type { LpView } from '../../main/contracts/lp-view.ts';
import { countdown, utcShort } from './format.ts';

/** One line per LP: the layer that failed, what happened in the LP's own words, and what happens next. */
export interface WhyLine {
  readonly layer: Layer | null;
  readonly text: string;
  readonly next: string;
}

const NOTHING: WhyLine = { layer: null, text: '', next: '' };
const SILENT: WhyLine = {
  layer: 'heartbeat',
  text: 'The peer sends nothing, and has not answered our TestRequest',
  next: 'dropped when the bar is full',
};

/** Why an LP is as it is, and what comes next, at `nowMs` (main process' clock, epoch ms). */
export function whyOf(lp: LpView, nowMs: number): WhyLine {
  const { state, reason } = lp;
  switch (state.kind) {
    case 'logged-on':
      if (silentSinceMs(lp) !== null) return SILENT;
      if (lp.stats?.gap) return { layer: 'sequence', text: `Gap ${gapText(lp.stats.gap)} is open`, next: '' };
      if (lp.trouble !== null)
        return { ...NOTHING, next: `up again; in trouble until that has lasted ${LOGON_LASTED_MS / 1_000} s` };
      return lp.pendingConfig ? { ...NOTHING, next: 'saved changes apply at the next logon' } : NOTHING;
    case 'recovering':
      if (silentSinceMs(lp) !== null) return SILENT;
      return {
        layer: 'sequence',
        text: lp.stats?.gap ? `The peer resends ${gapText(lp.stats.gap)}` : 'The peer resends what we missed',
        next: '',
      };
    case 'connecting':
      return { ...blame(reason), next: STEP_TEXT[state.step] };
    case 'logon':
      return { ...blame(reason), next: 'Logon sent, waiting for the answer' };
    case 'stopping':
      return { ...blame(reason), next: 'logging out' };
    case 'retry':
      return { ...blame(reason), next: state.waitsFor === 'database' ? WAITS_FOR_DATABASE : prospect(reason) };
    case 'error': {
      if (lp.problems.length > 0) {
        const text = lp.problems.map((problem) => `${problem.column}: ${problem.rule}`).join('; ');
        return { layer: 'config', text, next: 'correct the configuration' };
      }
      return { ...blame(reason), next: remedy(reason) };
    }
    case 'inactive':
      return reason === null || reason.code === 'deactivated' ? NOTHING : { ...blame(reason), next: '' };
    case 'off-schedule':
      return {
        ...NOTHING,
        next:
          state.opensAtMs === null ? '' : `opens ${utcShort(state.opensAtMs, nowMs)}, in ${countdown(state.opensAtMs, nowMs)}`,
      };
    case 'killed': {
      const { by, atMs, reason: why } = state.latch;
      return {
        layer: 'operator',
        text: `by ${by} at ${utcShort(atMs, nowMs)}${why === '' ? '' : `: ${why}`}`,
        next: 're-arm to use it again',
      };
    }
    case 'foreign':
      if (lp.silentOwner !== null) {
        const { name, sinceMs } = lp.silentOwner;
        return {
          layer: 'operator',
          text: `owned by ${name}, silent since ${utcShort(sinceMs, nowMs)}`,
          next: 'take it over when that console is gone',
        };
      }
      return { ...NOTHING, text: `owned by ${state.owner}`, next: there(lp) };
  }
}

const WAITS_FOR_DATABASE = 'waits for the database: no attempt before it answers';

const STEP_TEXT = {
  engine: 'starting the engine process',
  tunnel: 'starting stunnel',
  tcp: 'connecting',
} as const;

const gapText = (gap: { readonly from: number; readonly to: number }): string =>
  gap.to === 0 ? `${gap.from}…` : gap.from === gap.to ? String(gap.from) : `${gap.from}–${gap.to}`;

function blame(reason: DisconnectReason | null): Pick<WhyLine, 'layer' | 'text'> {
  return reason === null ? NOTHING : { layer: REASONS[reason.code].layer, text: describeReason(reason) };
}

/** What the owner has written last about an LP of another console. */
function there({ status, reason }: LpView): string {
  if (status === 2) return reason === null ? 'in error there' : `in error there: ${describeReason(reason)}`;
  return status === 1 ? 'logged on there' : 'not logged on there';
}

/** What ends an error. */
function remedy(reason: DisconnectReason | null): string {
  switch (reason?.code) {
    case 'sequence-repair':
      return 'repair the numbers';
    case 'database-lost':
      return 'starts by itself when the database is back';
    default:
      return 'not retried: it needs you';
  }
}

/** A refused logon is seldom cured by asking again; a lost link often is. The countdown stands in the state itself. */
function prospect(reason: DisconnectReason | null): string {
  return reason !== null && REASONS[reason.code].retry === 'logon' ? 'retried, but that may not help' : 'retried by itself';
}
