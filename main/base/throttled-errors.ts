import type { Clock } from './clock.ts';
import { messageOf } from './errors.ts';

const AGAIN_MS = 10_000;

/**
 * Tells an error once, and again when 10 s have passed: a database that is away is asked again every second for every LP, and is still
 * one cause.
 */
export function throttledErrors(clock: Clock, tell: (error: unknown) => void): (error: unknown) => void {
  const toldAtMs = new Map<string, number>();
  return (error) => {
    const now = clock.nowMs();
    for (const [message, atMs] of toldAtMs) if (Math.abs(now - atMs) >= AGAIN_MS) toldAtMs.delete(message);
    const message = messageOf(error);
    if (toldAtMs.has(message)) return;
    toldAtMs.set(message, now);
    tell(error);
  };
}
