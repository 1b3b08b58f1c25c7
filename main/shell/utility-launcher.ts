import type { Readable } from 'node:stream';
import { type UtilityProcess, utilityProcess } from 'electron';
import { Emitter } from '../base/emitter.ts';
import { isErrno } from '../base/errors.ts';
import { LastWords } from '../base/last-words.ts';
import { engineEnv } from '../contracts/engine-env.ts';
import type { EngineReport } from '../contracts/engine-protocol.ts';
import {
  ENGINE_V8_FLAGS,
  type EngineLauncher,
  type EngineProcess,
  OUT_OF_MEMORY,
  type ProcessExit,
} from '../contracts/processes.ts';
import { utilityExit } from './utility-exit.ts';

/**
 * Engines as Electron utility processes, for the desktop.
 *
 * @param entry path of the built engine
 */
export function utilityLauncher(entry: string): EngineLauncher {
  return {
    launch: (provider) =>
      supervised(
        utilityProcess.fork(entry, [`--provider=${provider}`], {
          serviceName: `FIX engine ${provider}`,
          // V8 is Chromium's here, which takes its flags by a switch of its own.
          execArgv: [`--js-flags=${ENGINE_V8_FLAGS.join(' ')}`],
          stdio: ['ignore', 'inherit', 'pipe'],
          env: engineEnv(process.env),
        }),
      ),
  };
}

function supervised(child: UtilityProcess): EngineProcess {
  // Known once it has been spawned, and kept: Electron forgets it when the process has ended.
  let pid: number | null = child.pid ?? null;
  let exit: ProcessExit | null = null;
  let gone = false;
  let killed = false;
  let fatal: string | null = null;
  const exits = new Emitter<ProcessExit>();
  const lastWords = new LastWords((child.stderr ?? null) as Readable | null, (chunk) => process.stderr.write(chunk));

  const forceEnd = (): void => {
    if (pid === null || gone) return;
    try {
      // `UtilityProcess.kill` asks by SIGTERM; a wedged engine does not listen.
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It ended between its exit and the event that tells of it.
      if (!isErrno(error) || error.code !== 'ESRCH') throw error;
    }
  };
  child.once('spawn', () => {
    pid = child.pid ?? null;
    if (killed) forceEnd();
  });
  // V8 gave up; the exit follows. Without a listener Electron would throw it in this process.
  child.on('error', (type, location) => {
    fatal = `${type} at ${location}`;
  });
  const end = (how: ProcessExit): void => {
    if (exit !== null) return;
    exit = how;
    exits.emit(exit);
  };
  child.once('exit', (code) => {
    gone = true;
    if (killed) end({ code: null, signal: 'SIGKILL' });
    else
      lastWords.whenRead(() => end(lastWords.sayOutOfMemory ? { code: null, signal: OUT_OF_MEMORY } : utilityExit(code, fatal)));
  });

  return {
    get pid() {
      return pid;
    },
    send: (command) => {
      if (!gone) child.postMessage(command);
    },
    onReport: (listener) => {
      child.on('message', (message: unknown) => listener(message as EngineReport));
    },
    onExit: (listener) => {
      if (exit === null) exits.on(listener);
      else listener(exit);
    },
    kill: () => {
      killed = true;
      forceEnd();
    },
  };
}
