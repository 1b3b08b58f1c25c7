import { powerMonitor, powerSaveBlocker } from 'electron';
import type { Clock } from '../base/clock.ts';
import type { Result } from '../contracts/result.ts';

const LOOK_EVERY_MS = 2_000;

export interface CheckedSessions {
  /** The LPs that are logged on here. */
  readonly loggedOn: () => readonly string[];
  /** Asks an LP for an answer now, by a TestRequest. */
  readonly check: (provider: string) => Promise<Result<null>>;
}

/**
 * While a session is logged on the machine does not fall asleep by itself; its screen may. Where it slept all the same, because its lid was
 * closed, every session is checked at once: an LP that has given us up must not look logged on until HeartBtInt has passed.
 *
 * @param tell hears what became of it, for the console's log
 * @returns ends that
 */
export function stayAwake(sessions: CheckedSessions, clock: Clock, tell: (text: string) => void): () => void {
  let blocker: number | null = null;
  let cancel = (): void => undefined;
  const look = (): void => {
    const needed = sessions.loggedOn().length > 0;
    if (needed && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!needed) release();
    cancel = clock.after(LOOK_EVERY_MS, look);
  };
  const release = (): void => {
    if (blocker !== null) powerSaveBlocker.stop(blocker);
    blocker = null;
  };
  const slept = (): void => tell('The machine goes to sleep: no Heartbeat is sent meanwhile');
  const woke = (): void => {
    const providers = sessions.loggedOn();
    tell(`The machine was asleep. Checked by a TestRequest: ${providers.join(', ') || 'no LP, none is logged on'}`);
    for (const provider of providers)
      void sessions.check(provider).then((answer) => {
        if (!answer.ok) tell(`${provider} could not be checked after the sleep: ${answer.error.message}`);
      });
  };
  powerMonitor.on('suspend', slept);
  powerMonitor.on('resume', woke);
  look();
  return () => {
    powerMonitor.off('suspend', slept);
    powerMonitor.off('resume', woke);
    cancel();
    release();
  };
}
