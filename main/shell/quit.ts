import { app } from 'electron';
import { messageOf } from '../base/errors.ts';

/** After that the process ends whatever still waits: an application that only SIGKILL ends keeps its single-instance lock. */
const CLOSE_DEADLINE_MS = 30_000;
/** For windows and helpers of Electron's own, once everything of ours is closed. */
const LAST_MS = 3_000;

export interface Quitting {
  /** Sessions are being logged out: there is nothing left that a window could show. */
  readonly now: () => boolean;
  /** A window is to be closed by a person. @returns whether it may; else the person is asked, and quitting closes it */
  readonly mayClose: () => boolean;
}

/**
 * Quitting logs every session out first: the application ends when the console has. A person is asked once whether that is meant, and
 * nothing waits for the answer; a signal is not asked, also before the console has started.
 *
 * @param closeAll ends the console, or what of it has been opened
 * @param ask whether to quit; false: stay
 * @param failed is told what was not orderly
 */
export function quitInOrder(
  closeAll: () => Promise<void>,
  ask: () => Promise<boolean>,
  failed: (error: unknown) => void,
): Quitting {
  let state: 'running' | 'asking' | 'closing' | 'closed' = 'running';

  const end = (): void => {
    state = 'closed';
    setTimeout(() => app.exit(0), LAST_MS).unref();
    app.quit();
  };
  const close = (): void => {
    if (state === 'closing' || state === 'closed') return;
    state = 'closing';
    const deadline = setTimeout(() => {
      failed(new Error(`The console did not close within ${CLOSE_DEADLINE_MS / 1000} s`));
      app.exit(1);
    }, CLOSE_DEADLINE_MS);
    void closeAll()
      .catch(failed)
      .finally(() => {
        clearTimeout(deadline);
        end();
      });
  };
  const askFirst = (): void => {
    if (state !== 'running') return;
    state = 'asking';
    void ask()
      .catch((error: unknown) => {
        failed(new Error(`The question whether to quit could not be shown: ${messageOf(error)}`, { cause: error }));
        return false;
      })
      .then((meant) => {
        // A signal may have come meanwhile.
        if (state !== 'asking') return;
        state = 'running';
        if (meant) close();
      });
  };

  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    askFirst();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, close);
  return {
    now: () => state === 'closing' || state === 'closed',
    mayClose: () => {
      askFirst();
      return state === 'closing' || state === 'closed';
    },
  };
}
