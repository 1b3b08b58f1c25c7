/** Tells what became of a status event: acknowledged by NATS, or not to be published because NATS is off. */
export interface EventConfirmation {
  published(eventId: string): Promise<'published' | 'off'>;
}

/** What publishes status events, as far as a kill wants to know about it. */
export interface PublishedEvents {
  readonly off: boolean;
  onPublished(listener: (eventIds: readonly string[]) => void): () => void;
}

const KEPT = 1_000;

/** Remembers which events NATS has acknowledged lately, so that a kill can say whether its own has left. */
export function confirmEvents(events: PublishedEvents): EventConfirmation {
  const seen = new Set<string>();
  const waiting = new Map<string, () => void>();
  events.onPublished((eventIds) => {
    for (const id of eventIds) {
      seen.add(id);
      waiting.get(id)?.();
      waiting.delete(id);
    }
    for (const id of seen) {
      if (seen.size <= KEPT) break;
      seen.delete(id);
    }
  });
  return {
    published: (eventId) => {
      if (events.off) return Promise.resolve('off');
      if (seen.has(eventId)) return Promise.resolve('published');
      return new Promise((resolve) => {
        waiting.set(eventId, () => resolve('published'));
      });
    },
  };
}
