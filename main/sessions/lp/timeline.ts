import { cutText, encodedBytes } from '../../contracts/bounded.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { TimelineEvent } from '../../contracts/lp-view.ts';

const KEPT = 1_000;
/** Of texts; there may be hundreds of LPs. */
const KEPT_BYTES = 256 * 1024;

export type NewTimelineEvent = Omit<TimelineEvent, 'n' | 'provider'>;

/** The latest key events of one LP, numbered; older ones are in its events log. */
export class Timeline {
  readonly #provider: string;
  readonly #announce: (event: TimelineEvent) => void;
  readonly #events: TimelineEvent[] = [];
  #bytes = 0;
  #n = 0;

  constructor(provider: string, announce: (event: TimelineEvent) => void) {
    this.#provider = provider;
    this.#announce = announce;
  }

  add(event: NewTimelineEvent): void {
    this.#n += 1;
    const numbered: TimelineEvent = { ...event, text: cutText(event.text), n: this.#n, provider: this.#provider };
    this.#events.push(numbered);
    this.#bytes += encodedBytes(numbered.text);
    while (this.#events.length > KEPT || this.#bytes > KEPT_BYTES) this.#bytes -= encodedBytes(this.#events.shift()?.text ?? '');
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
