import type { DecodedMessage } from '../contracts/fix-message.ts';
import type { FixLogLine } from '../contracts/lp-view.ts';

/** A live tail of one provider's raw FIX log. */
export interface Tail {
  /** The last lines of the log when it was opened, oldest first. */
  readonly lines: readonly FixLogLine[];
  close(): Promise<void>;
}

/** Opens tails. `onLines` is called in batches (ten a second at most) with what was written since, and how many lines a burst made it skip. */
export interface TailFactory {
  /** Rejects when the log cannot be read; a log that does not exist yet is empty. */
  open(provider: string, lines: number, onLines: (lines: readonly FixLogLine[], skipped: number) => void): Promise<Tail>;
}

/** Reads a message with the dictionary of its LP. Never rejects. */
export type DecodeMessage = (provider: string, text: string) => Promise<DecodedMessage>;
