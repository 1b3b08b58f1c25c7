export interface OutboxEvent {
  readonly eventId: string;
  readonly provider: string;
  readonly subject: string;
  /** JSON text, as it was written. */
  readonly payload: string;
}

/** What became of events that were handed to NATS. */
export interface PublishOutcome {
  readonly published: readonly OutboxEvent[];
  /** It will not take these, whenever they are sent. */
  readonly refused: readonly { readonly event: OutboxEvent; readonly why: string }[];
  /** Subjects on which this user may not publish: the events on them are where they were. */
  readonly forbidden: readonly string[];
}
