import { type UtilityProcess, utilityProcess } from 'electron';
import { engineEnv } from '../contracts/engine-env.ts';
import type { EngineReport } from '../contracts/engine-protocol.ts';
import type { EngineLauncher, EngineProcess, ProcessExit } from '../contracts/processes.ts';

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
          stdio: 'inherit',
          env: engineEnv(process.env),
        }),
      ),
  };
}

function supervised(child: UtilityProcess): EngineProcess {
  // Known once it has been spawned, and kept: Electron forgets it when the process has ended.
  let pid: number | null = child.pid ?? null;
  let exit: ProcessExit | null = null;
  let killed = false;
  let fatal: string | null = null;
  const exitListeners: ((exit: ProcessExit) => void)[] = [];

  const forceEnd = (): void => {
    if (pid === null || exit !== null) return;
    try {
      // `UtilityProcess.kill` asks by SIGTERM; a wedged engine does not listen.
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It ended between its exit and the event that tells of it.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
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
  child.once('exit', (code) => {
    exit = killed ? { code: null, signal: 'SIGKILL' } : { code, signal: fatal };
    for (const listener of exitListeners) listener(exit);
  });

  return {
    get pid() {
      return pid;
    },
    send: (command) => {
      if (exit === null) child.postMessage(command);
    },
    onReport: (listener) => {
      child.on('message', (message: unknown) => listener(message as EngineReport));
    },
    onExit: (listener) => {
      if (exit === null) exitListeners.push(listener);
      else listener(exit);
    },
    kill: () => {
      killed = true;
      forceEnd();
    },
  };
}
