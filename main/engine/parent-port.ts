import type { BoundedReport, EngineCommand } from '../contracts/engine-protocol.ts';

/** The engine's end of the channel to the Session Manager, whichever way the process was started. */
export interface ParentPort {
  send(report: BoundedReport): void;
  onCommand(listener: (command: EngineCommand) => void): void;
  /** The Session Manager is gone. */
  onGone(listener: () => void): void;
}

/** What Electron gives a utilityProcess as `process.parentPort`. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
}

/** Null when nobody started this process as an engine. */
export function parentPort(): ParentPort | null {
  const utility = (process as unknown as { parentPort?: UtilityPort }).parentPort;
  if (utility !== undefined) return utilityPort(utility);
  return process.send === undefined ? null : forkPort();
}

function utilityPort(port: UtilityPort): ParentPort {
  return {
    send: (report) => port.postMessage(report),
    onCommand: (listener) => port.on('message', (event) => listener(event.data as EngineCommand)),
    // Electron ends a utilityProcess with its parent; the port closes first.
    onGone: (listener) => port.on('close', listener),
  };
}

function forkPort(): ParentPort {
  return {
    send: (report) => {
      // The callback takes the error of a channel that closes at this moment; `disconnect` follows and ends the engine.
      if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
    },
    onCommand: (listener) => {
      process.on('message', (message) => listener(message as EngineCommand));
    },
    onGone: (listener) => {
      process.on('disconnect', listener);
    },
  };
}
