import type { Clock } from '../base/clock.ts';
import { Timers } from '../base/timers.ts';
import { REASONS } from '../contracts/disconnect-reason.ts';
import type { LpView } from '../contracts/lp-view.ts';
import type { Mute } from './desk-memory.ts';

/** From the first LP on: what one cause brings down within it is one notice, ms. */
const GATHER_MS = 1_000;
/** Between two notices of one kind, however many LPs there are, ms. */
const APART_MS = 5_000;
const NAMED = 5;
const MAX_TEXT = 120;

export type NoticeKind = Exclude<Mute, 'sound'>;

/** What an operator is told who looks elsewhere. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly body: string;
  /** Null: of several LPs. */
  readonly provider: string | null;
}

interface Known {
  readonly killed: boolean;
  /** The trouble in which it is down, by when that began: told, or known at the start. Null: it is not down. */
  readonly downInMs: number | null;
}

/** Decides what becomes a notice: each LP that goes down or is killed, once for a cause, and those of one moment together. */
export class Notices {
  readonly #clock: Clock;
  readonly #show: (notice: Notice) => void;
  readonly #timers: Timers;
  readonly #known = new Map<string, Known>();
  readonly #waiting = new Map<NoticeKind, Map<string, LpView>>();
  readonly #shownMs = new Map<NoticeKind, number>();

  /** @param lps as they are now, of which nothing is told */
  constructor(clock: Clock, lps: readonly LpView[], show: (notice: Notice) => void) {
    this.#clock = clock;
    this.#show = show;
    this.#timers = new Timers(clock);
    for (const lp of lps) this.#known.set(lp.provider, known(lp, null));
  }

  /** @param lps those that have changed @param removed those that are no more */
  heard(lps: readonly LpView[], removed: readonly string[] = []): void {
    for (const provider of removed) this.#known.delete(provider);
    for (const lp of lps) {
      const before = this.#known.get(lp.provider) ?? null;
      const now = known(lp, before);
      this.#known.set(lp.provider, now);
      if (before === null) continue;
      if (now.killed && !before.killed) this.#tell('killed', lp);
      if (now.downInMs !== null && now.downInMs !== before.downInMs) this.#tell('down', lp);
    }
  }

  close(): void {
    this.#timers.clear();
  }

  #tell(kind: NoticeKind, lp: LpView): void {
    const waiting = this.#waiting.get(kind) ?? new Map<string, LpView>();
    waiting.set(lp.provider, lp);
    if (this.#waiting.has(kind)) return;
    this.#waiting.set(kind, waiting);
    const sinceMs = this.#clock.nowMs() - (this.#shownMs.get(kind) ?? Number.NEGATIVE_INFINITY);
    this.#timers.after(Math.max(GATHER_MS, APART_MS - sinceMs), () => {
      this.#waiting.delete(kind);
      this.#shownMs.set(kind, this.#clock.nowMs());
      this.#show(noticeOf(kind, [...waiting.values()]));
    });
  }
}

/** Up and down again is one cause until the trouble is over. */
function known({ state, trouble }: LpView, before: Known | null): Known {
  const same = trouble !== null && before !== null && before.downInMs === trouble.sinceMs;
  const down = trouble !== null && (same || trouble.downSinceMs !== null);
  return { killed: state.kind === 'killed', downInMs: down ? trouble.sinceMs : null };
}

function noticeOf(kind: NoticeKind, lps: readonly LpView[]): Notice {
  const [lp] = lps;
  if (lp !== undefined && lps.length === 1)
    return { kind, title: `${lp.provider} ${kind}`, body: why(lp), provider: lp.provider };
  const names = lps.slice(0, NAMED).map(({ provider }) => provider);
  const more = lps.length > NAMED ? ` and ${lps.length - NAMED} more` : '';
  return { kind, title: `${lps.length} LPs ${kind}`, body: `${names.join(', ')}${more}`, provider: null };
}

/** In our own words: those of an LP are on the screen, where they can do nothing. */
function why({ state, reason }: LpView): string {
  if (state.kind === 'killed') return `By ${plain(state.latch.by)}: ${plain(state.latch.reason)}`;
  const sentence = reason === null ? 'Not logged on' : REASONS[reason.code].sentence;
  return state.kind === 'error' ? `${sentence}. It needs you.` : `${sentence}. It is tried again.`;
}

/** Some desktops read what they show as HTML. */
const plain = (text: string): string => text.replace(/[^\p{L}\p{N} _.,:;!?()/+-]/gu, ' ').slice(0, MAX_TEXT);
