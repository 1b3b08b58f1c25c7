import type { Clock } from '../base/clock.ts';
import type { Closers } from '../base/closers.ts';
import { withDeadline } from '../base/deadline.ts';
import { readIfThere, writeDurably } from '../base/durable-file.ts';
import { untilDone } from '../base/until-done.ts';
import type { AppLog } from '../logs/app-logger.ts';

const RETRY_MS = 2_000;
const WAIT_MS = 2_000;

/**
 * Binds the secrets of before to where they go, once in the life of a data folder: a file says that it was done, for whoever may write the table
 * must not be able to have it done again. Resolves when it is done, or after two seconds: those whose rows are locked just then follow.
 */
export async function adoptOnce(
  done: string,
  adopt: () => Promise<readonly string[]>,
  clock: Clock,
  log: AppLog['logger'],
  opened: Closers,
): Promise<void> {
  const attempt = async (): Promise<void> => {
    if (readIfThere(done) !== null) return;
    const adopted = await adopt();
    if (adopted.length > 0)
      log.info({ adopted }, 'The stored secrets are bound to the Host, Port, SSL and backup hosts of their LPs now');
    writeDurably(done, '');
  };
  const adopted = untilDone(clock, RETRY_MS, attempt, (err) =>
    log.warn({ err }, 'The stored secrets of before could not be bound to where they go yet; it is tried again'),
  );
  opened.defer(adopted.stop);
  await withDeadline(clock, WAIT_MS, adopted.ready);
}
