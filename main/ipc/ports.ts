import type { DecodedMessage } from '../contracts/fix-message.ts';
import type { LogFilter } from '../contracts/log-filter.ts';
import type { FixLogLine } from '../contracts/lp-view.ts';
import type { Result } from '../contracts/result.ts';

/** A live tail of one provider's raw FIX log. */
export interface Tail {
  /** The last lines of the log when it was opened, oldest first. */
  readonly lines: readonly FixLogLine[];
  close(): void;
}

/** Opens tails. `onLines` is called in batches (ten a second at most) with what was written since, and how many lines a burst made it skip. */
export interface TailFactory {
  /**
   * Fails when the log cannot be read, or too much is asked for; a log that does not exist yet is empty.
   *
   * @param asker whoever's share of the reading this takes
   * @param filter judges before anything is skipped; null: every line
   */
  openTail(
    asker: object,
    provider: string,
    lines: number,
    onLines: (lines: readonly FixLogLine[], skipped: number) => void,
    filter: LogFilter | null,
  ): Promise<Result<Tail>>;
}

/** Reads a message with the dictionary of its LP. Fails when too much is asked for. `asker`: whoever's share of the reading this takes. */
export type DecodeMessage = (asker: object, provider: string, text: string) => Promise<Result<DecodedMessage>>;
