import type { Clock } from '../base/clock.ts';
import { encodedBytes } from '../contracts/bounded.ts';
import type { ConsoleDelta, ConsoleSnapshot } from '../contracts/ipc.ts';
import type { KillIncident } from '../contracts/kill.ts';
import type { Health, LpView, TimelineEvent } from '../contracts/lp-view.ts';
import type { SessionControl } from '../sessions/session-control.ts';
import type { Log } from './ports.ts';

/** At most ten pushes a second. */
const PUSH_EVERY_MS = 100;
/** A delta goes out this often even when nothing changed: health is looked at, and a screen that hears nothing knows that it is cut off. */
const IDLE_MS = 1_000;
const MAX_INCIDENTS = 20;
/** Key events in one push; older ones of a burst are left to `lp.timeline`. */
const MAX_EVENTS = 1_000;
const MAX_EVENT_BYTES = 256 * 1024;

export interface FeedParts {
  readonly control: Pick<SessionControl, 'view' | 'views' | 'incidents' | 'onViews' | 'onIncident' | 'onTimeline'>;
  /** Must be cheap: asked once a second and for each snapshot. */
  readonly health: () => Health;
  readonly clock: Clock;
  readonly host: string;
  readonly version: string;
  readonly log: Log;
}

/** Takes every push; must return at once. */
export interface FeedSubscriber {
  delta(delta: ConsoleDelta): void;
  timeline(events: readonly TimelineEvent[]): void;
}

/** The console's state as a snapshot and numbered deltas on it, batched, for any number of subscribers. */
export class ConsoleFeed {
  readonly #parts: FeedParts;
  readonly #subscribers = new Set<FeedSubscriber>();
  readonly #unsubscribe: readonly (() => void)[];
  readonly #changed = new Set<string>();
  readonly #incidents = new Map<string, KillIncident>();
  #events: TimelineEvent[] = [];
  #eventBytes = 0;
  #counter = 0;
  #pushedAtMs = 0;
  #dueMs = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;
  /** Health as last pushed, for comparison. */
  #pushedHealth = '';

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#unsubscribe = [
      parts.control.onViews((providers) => {
        for (const provider of providers) this.#changed.add(provider);
        this.#pushSoon();
      }),
      parts.control.onIncident((incident) => {
        this.#incidents.set(incident.id, incident);
        this.#pushSoon();
      }),
      parts.control.onTimeline((event) => {
        this.#events.push(event);
        this.#eventBytes += encodedBytes(event.text);
        if (this.#events.length > 2 * MAX_EVENTS || this.#eventBytes > 2 * MAX_EVENT_BYTES) this.#keepLatest();
        this.#pushSoon();
      }),
    ];
  }

  /** Everything now. Changes not yet pushed are in it and come again with the next delta: a delta replaces, it never adds up. */
  snapshot(): ConsoleSnapshot {
    const { control, clock, host, version, health } = this.#parts;
    return {
      counter: this.#counter,
      nowMs: clock.nowMs(),
      host,
      version,
      lps: control.views(),
      health: health(),
      incidents: newestFirst(control.incidents()).slice(0, MAX_INCIDENTS),
    };
  }

  /** Returns the function that unsubscribes. */
  subscribe(subscriber: FeedSubscriber): () => void {
    this.#subscribers.add(subscriber);
    this.#schedule(IDLE_MS);
    return () => {
      this.#subscribers.delete(subscriber);
    };
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#subscribers.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** What one push may carry. The events of an LP are numbered: a screen sees how many it was spared. */
  #keepLatest(): void {
    let from = this.#events.length;
    let bytes = 0;
    while (from > 0 && this.#events.length - from < MAX_EVENTS && bytes <= MAX_EVENT_BYTES) {
      from -= 1;
      bytes += encodedBytes(this.#events[from]?.text ?? '');
    }
    this.#events = this.#events.slice(from);
    this.#eventBytes = bytes;
  }

  #pushSoon(): void {
    const sinceLast = this.#parts.clock.nowMs() - this.#pushedAtMs;
    this.#schedule(Math.min(PUSH_EVERY_MS, Math.max(0, PUSH_EVERY_MS - sinceLast)));
  }

  /** One timer, moved forward when something is due earlier. */
  #schedule(ms: number): void {
    const dueMs = this.#parts.clock.nowMs() + ms;
    if (this.#cancelTimer !== null && this.#dueMs <= dueMs) return;
    this.#cancelTimer?.();
    this.#dueMs = dueMs;
    this.#cancelTimer = this.#parts.clock.after(ms, () => {
      this.#cancelTimer = null;
      try {
        this.#push();
      } catch (error) {
        // A view that cannot be built must not end the process that runs the sessions.
        this.#parts.log.error({ err: error }, 'The console screens could not be updated');
      }
      if (this.#subscribers.size > 0) this.#schedule(IDLE_MS);
    });
  }

  #push(): void {
    const { control, clock } = this.#parts;
    const lps: LpView[] = [];
    const removed: string[] = [];
    for (const provider of this.#changed) {
      const view = control.view(provider);
      if (view === null) removed.push(provider);
      else lps.push(view);
    }
    const incidents = newestFirst([...this.#incidents.values()]);
    this.#keepLatest();
    const events = this.#events;
    this.#changed.clear();
    this.#incidents.clear();
    this.#events = [];
    this.#eventBytes = 0;
    this.#pushedAtMs = clock.nowMs();
    // Who subscribes later starts from a snapshot.
    if (this.#subscribers.size === 0) return;
    this.#counter += 1;
    const delta = { counter: this.#counter, nowMs: this.#pushedAtMs, lps, removed, health: this.#changedHealth(), incidents };
    this.#each((subscriber) => {
      subscriber.delta(delta);
      if (events.length > 0) subscriber.timeline(events);
    });
  }

  #changedHealth(): Health | null {
    const health = this.#parts.health();
    const text = JSON.stringify(health);
    if (text === this.#pushedHealth) return null;
    this.#pushedHealth = text;
    return health;
  }

  #each(give: (subscriber: FeedSubscriber) => void): void {
    for (const subscriber of this.#subscribers) {
      try {
        give(subscriber);
      } catch (error) {
        this.#parts.log.error({ err: error }, 'A push to a console screen failed');
      }
    }
  }
}

function newestFirst(incidents: readonly KillIncident[]): readonly KillIncident[] {
  return incidents.toSorted((a, b) => b.startedAtMs - a.startedAtMs);
}
