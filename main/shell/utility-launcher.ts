import { utilityProcess } from 'electron';
import type { EngineCommand, EngineReport } from '../contracts/engine-protocol.ts';

interface UtilityEngine {
  readonly pid: number | null;
  send(command: EngineCommand): void;
  onReport(listener: (report: EngineReport) => void): void;
  onExit(listener: (exit: { readonly code: number | null; readonly signal: string | null }) => void): void;
  kill(): void;
}

/**
 * Engines as Electron utility processes, for the desktop.
 *
 * @param entry path of the built engine
 */
export function utilityLauncher(entry: string): { launch(provider: string): UtilityEngine } {
  return {
    launch: (provider) => {
      const child = utilityProcess.fork(entry, [`--provider=${provider}`], {
        serviceName: `FIX engine ${provider}`,
        stdio: 'inherit',
      });
      let gone = false;
      let killed = false;
      // A utility process has its pid only once it has been spawned.
      child.once('exit', () => {
        gone = true;
      });
      return {
        get pid() {
          return child.pid ?? null;
        },
        send: (command) => {
          if (!gone) child.postMessage(command);
        },
        onReport: (listener) => {
          child.on('message', (message: unknown) => listener(message as EngineReport));
        },
        onExit: (listener) => {
          child.once('exit', (code) => listener(killed ? { code: null, signal: 'SIGKILL' } : { code, signal: null }));
        },
        kill: () => {
          killed = true;
          // `UtilityProcess.kill` asks by SIGTERM; a wedged engine does not listen.
          if (child.pid === undefined) child.kill();
          else if (!gone) process.kill(child.pid, 'SIGKILL');
        },
      };
    },
  };
}
