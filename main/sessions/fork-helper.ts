import { fork } from 'node:child_process';
import { Emitter } from '../base/emitter.ts';
import { engineEnv } from '../contracts/engine-env.ts';
import { exitText, type StartHelper } from '../contracts/processes.ts';

/**
 * As a plain Node child process, for the headless console.
 *
 * @param entry path of what it runs
 */
export function forkHelper(entry: string): StartHelper {
  return () => {
    const child = fork(entry, [], { execArgv: [], env: engineEnv(process.env), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const ends = new Emitter<string>();
    let gone: string | null = null;
    const end = (why: string): void => {
      if (gone !== null) return;
      gone = why;
      ends.emit(why);
    };
    child.once('exit', (code, signal) => end(exitText({ code, signal })));
    // 'error' without a pid: there is no process, and no 'exit' will follow.
    child.on('error', (error) => {
      if (child.pid === undefined) end(error.message);
    });
    return {
      get pid() {
        return gone === null ? (child.pid ?? null) : null;
      },
      send: (message) => {
        if (child.connected) child.send(message as object, () => undefined);
      },
      onMessage: (listener) => {
        child.on('message', listener);
      },
      onGone: (listener) => {
        if (gone === null) ends.on(listener);
        else listener(gone);
      },
      end: () => {
        if (child.connected) child.disconnect();
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  };
}
