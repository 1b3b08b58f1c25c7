import type { LpStatus } from '../../contracts/lp-record.ts';
import { LOGON_LASTED_MS } from '../../contracts/lp-trouble.ts';
import type { LpState, LpTrouble } from '../../contracts/lp-view.ts';

/** What tells whether an LP is in trouble. */
export interface TroubleFacts {
  readonly state: LpState;
  readonly status: LpStatus;
  /** A TestRequest that was sent because of silence is unanswered. */
  readonly silent: boolean;
  /** People want it active. */
  readonly wanted: boolean;
}

type Sight = 'trouble' | 'up' | 'trying' | 'not-wanted';

/**
 * Whether an LP is in trouble: from the first sign (a lost connection, a failed attempt, silence, a gap) until it has been logged on without any for
 * LOGON_LASTED_MS, or is not wanted any more. What is tried meanwhile changes nothing.
 */
export class Trouble {
  #value: LpTrouble | null = null;
  /** Since when it is up again. */
  #upSinceMs: number | null = null;

  get value(): LpTrouble | null {
    return this.#value;
  }

  /** @returns after how many ms to look again if nothing else happens; null: need not be */
  look(facts: TroubleFacts, nowMs: number): number | null {
    const seen = sight(facts);
    if (seen === 'not-wanted') this.#value = null;
    if (seen === 'trouble') this.#value ??= { sinceMs: nowMs, downSinceMs: null };
    if (seen !== 'up') this.#upSinceMs = null;
    if (this.#value === null) return null;
    const on = facts.state.kind === 'logged-on' || facts.state.kind === 'recovering';
    const downSinceMs = on ? null : (this.#value.downSinceMs ?? nowMs);
    if (downSinceMs !== this.#value.downSinceMs) this.#value = { ...this.#value, downSinceMs };
    if (seen !== 'up') return null;
    this.#upSinceMs ??= nowMs;
    const leftMs = this.#upSinceMs + LOGON_LASTED_MS - nowMs;
    if (leftMs > 0) return leftMs;
    this.#value = null;
    this.#upSinceMs = null;
    return null;
  }
}

function sight({ state, status, silent, wanted }: TroubleFacts): Sight {
  switch (state.kind) {
    case 'error':
    case 'retry':
    case 'recovering':
      return 'trouble';
    case 'logged-on':
      return silent ? 'trouble' : 'up';
    case 'stopping':
      // Of a session that failed or was logged out by its LP: an operator's end leaves another status.
      return status === 2 ? 'trouble' : 'trying';
    case 'connecting':
    case 'logon':
      return 'trying';
    case 'inactive':
      // Between two runs of a restart.
      return wanted ? 'trying' : 'not-wanted';
    case 'off-schedule':
    case 'killed':
    case 'foreign':
      return 'not-wanted';
  }
}
