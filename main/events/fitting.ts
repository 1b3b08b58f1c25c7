import { boundTexts } from '../contracts/bounded.ts';

/** Texts of an event are cut to these lengths in turn until it fits. */
const TEXT_BYTES = [4_096, 1_024, 256, 64] as const;

/**
 * An event's JSON that NATS takes: itself, or with its texts cut. An outbox may hold events of before texts were bounded, and one that can
 * never leave would hold up those of every LP behind it.
 *
 * @param maxBytes what the server takes
 */
export function fitting(payload: string, maxBytes: number): string {
  let fit = payload;
  for (const bytes of TEXT_BYTES) {
    if (Buffer.byteLength(fit) <= maxBytes) return fit;
    fit = JSON.stringify(boundTexts(JSON.parse(payload), bytes));
  }
  return fit;
}
