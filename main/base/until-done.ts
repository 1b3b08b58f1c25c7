import type { Clock } from './clock.ts';

export interface UntilDone {
  /** Resolves once an attempt has succeeded; never after `stop`. */
  readonly ready: Promise<void>;
  stop(): void;
}

/**
 * Tries at once, and again `everyMs` after each attempt that rejects.
 *
 * @param failed told why, each time
 */
export function untilDone(
  clock: Clock,
  everyMs: number,
  attempt: () => Promise<void>,
  failed: (error: unknown) => void,
): UntilDone {
  let stopped = false;
  let cancel = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    const again = async (): Promise<void> => {
      try {
        await attempt();
        if (!stopped) resolve();
      } catch (error) {
        failed(error);
        if (!stopped) cancel = clock.after(everyMs, () => void again());
      }
    };
    void again();
  });
  return {
    ready,
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
