import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { TimelineEvent } from '../../contracts/lp-view.ts';

const KEPT = 1_000;

export type NewTimelineEvent = Omit<TimelineEvent, 'n' | 'provider'>;

/** The latest key events of one LP, numbered; older ones are in its events log. */
export class Timeline {
  readonly #provider: string;
  readonly #announce: (event: TimelineEvent) => void;
  readonly #events: TimelineEvent[] = [];
  #n = 0;

  constructor(provider: string, announce: (event: TimelineEvent) => void) {
    this.#provider = provider;
    this.#announce = announce;
  }

  add(event: NewTimelineEvent): void {
    this.#n += 1;
    const numbered: TimelineEvent = { ...event, n: this.#n, provider: this.#provider };
    this.#events.push(numbered);
    if (this.#events.length > KEPT) this.#events.splice(0, this.#events.length - KEPT);
    this.#announce(numbered);
  }

  /** The latest `limit` events, oldest first. */
  latest(limit: number): readonly TimelineEvent[] {
    return this.#events.slice(-limit);
  }
}

/** Something an operator did, as an event of the timeline. */
export const operatorEvent = (atMs: number, level: TimelineEvent['level'], text: string): NewTimelineEvent => ({
  atMs,
  event: 'Operator',
  level,
  direction: null,
  text,
  seqIn: null,
  seqOut: null,
});

/** How loud a lost session is: what the operator asked for is no alarm. */
export function levelOf(reason: DisconnectReason): TimelineEvent['level'] {
  switch (reason.code) {
    case 'deactivated':
    case 'restarting':
    case 'shutdown':
    case 'off-schedule':
      return 'info';
    case 'killed':
      return 'attention';
    default:
      return 'alarm';
  }
}
