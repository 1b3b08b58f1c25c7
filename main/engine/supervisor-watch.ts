import { CONSOLE_SILENT_S } from '../contracts/disconnect-reason.ts';

const TICK_MS = 1_000;
/**
 * Ticks without a ping, which comes every 2 s, after which the console that supervises this engine hangs: nobody could stop the
 * session, and where there is another console the lease fence has ended it before. Counted, not timed: a machine that slept has lost a second, not an hour.
 */
const SILENT_TICKS = CONSOLE_SILENT_S;

/** Watches that the Session Manager is there. @returns what is to be called for every ping; the watch begins with the first */
export function watchSupervisor(onSilent: () => void): () => void {
  let silent = 0;
  let timer: NodeJS.Timeout | null = null;
  const tick = (): void => {
    silent += 1;
    if (silent < SILENT_TICKS) return;
    if (timer !== null) clearInterval(timer);
    onSilent();
  };
  return () => {
    silent = 0;
    timer ??= setInterval(tick, TICK_MS).unref();
  };
}
