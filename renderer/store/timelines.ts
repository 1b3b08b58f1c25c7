import type { TimelineEvent } from '../../main/contracts/lp-view.ts';
import type { ShapeName } from './lp-label.ts';

/** Key events by LP, oldest first. */
export type Timelines = Readonly<Record<string, readonly TimelineEvent[]>>;

/** Events kept per LP; the event log on disk has all. */
export const TIMELINE_KEPT = 500;

/** Names one event among all of its LP: a console that was started anew counts from 1 again. */
export const timelineKey = ({ n, atMs }: TimelineEvent): string => `${n} ${atMs}`;

/** Adds events by time and without repeats: the request and the push overlap, and an engine's events come a little later than ours. */
export function mergeTimeline(timelines: Timelines, events: readonly TimelineEvent[]): Timelines {
  const byProvider = Map.groupBy(events, (event) => event.provider);
  const next: Record<string, readonly TimelineEvent[]> = { ...timelines };
  for (const [provider, added] of byProvider) {
    const old = next[provider] ?? [];
    const known = new Set(old.map(timelineKey));
    next[provider] = [...old, ...added.filter((event) => !known.has(timelineKey(event)))]
      .sort((a, b) => a.atMs - b.atMs || a.n - b.n)
      .slice(-TIMELINE_KEPT);
  }
  return next;
}

/** The shape in front of an event, as the state that it led to has it; null: nothing to be marked. */
export function markOf({ event, level, text }: Pick<TimelineEvent, 'event' | 'level' | 'text'>): ShapeName | null {
  if (event === 'Operator' && text.startsWith('Killed by ')) return 'cross';
  return level === 'info' ? null : level === 'alarm' ? 'triangle' : 'retry';
}
