import { utilityProcess } from 'electron';
import { Emitter } from '../base/emitter.ts';
import { isErrno } from '../base/errors.ts';
import { engineEnv } from '../contracts/engine-env.ts';
import { exitText, type StartHelper } from '../contracts/processes.ts';
import { utilityExit } from './utility-exit.ts';

/**
 * As an Electron utility process, for the desktop: an application that is packed does not run as Node.
 *
 * @param entry path of what it runs
 * @param serviceName for the system's list of processes
 */
export function utilityHelper(entry: string, serviceName: string): StartHelper {
  return () => {
    const child = utilityProcess.fork(entry, [], {
      serviceName,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: engineEnv(process.env),
    });
    const ends = new Emitter<string>();
    let gone: string | null = null;
    child.once('exit', (code) => {
      gone = exitText(utilityExit(code));
      ends.emit(gone);
    });
    // V8 gave up; the exit follows. Without a listener Electron would throw it in this process.
    child.on('error', () => undefined);
    return {
      get pid() {
        return gone === null ? (child.pid ?? null) : null;
      },
      send: (message) => {
        if (gone === null) child.postMessage(message);
      },
      onMessage: (listener) => {
        child.on('message', listener);
      },
      onGone: (listener) => {
        if (gone === null) ends.on(listener);
        else listener(gone);
      },
      // There is no channel to close that Electron would tell of.
      end: () => {
        if (gone === null) child.postMessage({ type: 'end' });
      },
      kill: () => {
        try {
          // `UtilityProcess.kill` asks by SIGTERM; one that hangs does not listen.
          if (gone === null && child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
        } catch (error) {
          if (!isErrno(error) || error.code !== 'ESRCH') throw error;
        }
      },
    };
  };
}
