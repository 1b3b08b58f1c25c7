import type { Clock } from '../../main/base/clock.ts';
import type { ConsoleDelta } from '../../main/contracts/ipc.ts';
import type { ConsoleLink } from '../api.ts';
import type { ConsoleStore } from './console-store.ts';
import { applyDelta, applySnapshot } from './mirror.ts';

/** After this long without a word a snapshot is asked for: it proves that the main process lives, ms. */
export const QUIET_MS = 3_000;
/** After this long without a word the screen says so, ms. */
export const SILENT_MS = 6_000;

/**
 * Keeps the store in step with the main process: a snapshot at every (re)connect and after a gap in the deltas' counters, deltas
 * in between, a question when it is quiet. Returns the function that ends it.
 */
export function startSync(link: ConsoleLink, store: ConsoleStore, clock: Clock): () => void {
  /** Deltas that came in while a snapshot was asked for; null when none is. */
  let held: ConsoleDelta[] | null = null;
  let open = false;
  let asked = 0;
  let cancelTimer: () => void = () => undefined;

  const take = (delta: ConsoleDelta): void => {
    const next = applyDelta(store.getState().mirror, delta, clock.nowMs());
    if (next === 'gap') void askSnapshot();
    else store.getState().mirrored(next);
  };

  async function askSnapshot(): Promise<void> {
    if (held !== null) return;
    held = [];
    const ticket = ++asked;
    const answer = await link.request('console.snapshot', {});
    // A link that closed meanwhile asks again when it opens.
    if (ticket !== asked) return;
    const missed = held ?? [];
    held = null;
    if (!answer.ok) return;
    store.getState().mirrored(applySnapshot(answer.value, clock.nowMs()));
    for (const delta of missed) take(delta);
  }

  const watch = (): void => {
    cancelTimer = clock.after(1_000, () => {
      const { mirror } = store.getState();
      const quietMs = clock.nowMs() - mirror.heardAtMs;
      if (open && quietMs > QUIET_MS) void askSnapshot();
      if (open && mirror.counter !== null && quietMs > SILENT_MS) store.getState().silent();
      watch();
    });
  };

  const unsubscribe = [
    link.subscribe('console.delta', (delta) => {
      if (held === null) take(delta);
      else held.push(delta);
    }),
    link.subscribe('timeline', (events) => store.getState().timelineArrived(events)),
    link.subscribe('fixlog.lines', (batch) => store.getState().logArrived(batch)),
    link.onLink((state) => {
      open = state.kind === 'open';
      store.getState().linkChanged(state, clock.nowMs());
      if (!open) {
        asked++;
        held = null;
      } else void askSnapshot();
    }),
  ];
  watch();

  return () => {
    cancelTimer();
    for (const stop of unsubscribe) stop();
  };
}
