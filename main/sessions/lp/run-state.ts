import type { LpState } from '../../contracts/lp-view.ts';
import { LiveNumbers } from './live-numbers.ts';
import type { LpScope } from './lp-scope.ts';
import type { NewTimelineEvent } from './timeline.ts';

/** What a run shows of itself: its state, its numbers, and what it has to say in the LP's timeline. */
export class RunState {
  readonly live = new LiveNumbers();
  readonly #scope: LpScope;
  /** Since the Logon of the connection that stands. */
  loggedOnAtMs: number | null = null;
  /** It was told to end: nothing is begun or tried again. */
  ends = false;
  #value: LpState = { kind: 'connecting', step: 'engine' };

  constructor(scope: LpScope) {
    this.#scope = scope;
  }

  get value(): LpState {
    return this.#value;
  }
  get kind(): LpState['kind'] {
    return this.#value.kind;
  }

  set(value: LpState): void {
    if (value.kind !== this.#value.kind) this.note('State', 'info', value.kind.toUpperCase().replace('-', ' '));
    this.#value = value;
    this.#scope.changed();
  }

  note(event: NewTimelineEvent['event'], level: NewTimelineEvent['level'], text: string): void {
    const { nextIn, nextOut } = this.live;
    const atMs = this.#scope.clock.nowMs();
    this.#scope.timeline.add({ atMs, event, level, direction: null, text, seqIn: nextIn, seqOut: nextOut });
  }
}
