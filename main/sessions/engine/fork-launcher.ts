import { fork } from 'node:child_process';
import { Emitter } from '../../base/emitter.ts';
import { LastWords } from '../../base/last-words.ts';
import { engineEnv } from '../../contracts/engine-env.ts';
import type { EngineReport } from '../../contracts/engine-protocol.ts';
import {
  ENGINE_V8_FLAGS,
  type EngineLauncher,
  type EngineProcess,
  OUT_OF_MEMORY,
  type ProcessExit,
} from '../../contracts/processes.ts';

/**
 * Engines as plain Node child processes, for the headless console.
 *
 * @param entry path of the built engine
 */
export function forkLauncher(entry: string): EngineLauncher {
  return { launch: (provider) => launch(entry, provider) };
}

function launch(entry: string, provider: string): EngineProcess {
  // Its own arguments only: flags of the console (inspector, loaders) are not an engine's. The provider is there for `ps`.
  const child = fork(entry, [`--provider=${provider}`], {
    execArgv: [...ENGINE_V8_FLAGS],
    env: engineEnv(process.env),
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const lastWords = new LastWords(child.stderr, (chunk) => process.stderr.write(chunk));
  let gone = false;
  const exits = new Emitter<ProcessExit>();
  const end = (code: number | null, signal: string | null): void => {
    if (gone) return;
    gone = true;
    const exit = lastWords.sayOutOfMemory ? { code: null, signal: OUT_OF_MEMORY } : { code, signal };
    exits.emit(exit);
  };
  // Its last words, such as why it ends, may still be in the channel or in the pipe.
  child.on('exit', (code, signal) => {
    const read = (): void => lastWords.whenRead(() => end(code, signal));
    if (child.connected) child.once('disconnect', read);
    else read();
  });
  // 'error' before 'spawn' means that there is no process and no 'exit' will follow.
  child.on('error', (error) => {
    if (child.pid === undefined) end(null, error.message);
  });
  return {
    pid: child.pid ?? null,
    send: (command) => {
      if (child.connected) child.send(command, () => undefined);
    },
    onReport: (listener) => {
      child.on('message', (message) => listener(message as EngineReport));
    },
    onExit: (listener) => {
      exits.on(listener);
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
