/** The end of the channel to the process that started this one, whichever way that did it. What comes from there is trusted to be a Command. */
export interface ParentPort<Command, Report> {
  send(report: Report): void;
  onCommand(listener: (command: Command) => void): void;
  /** The parent is gone. */
  onGone(listener: () => void): void;
}

/** What Electron gives a utilityProcess as `process.parentPort`. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
}

/** Null when nobody started this process with a channel. */
export function parentPort<Command, Report>(): ParentPort<Command, Report> | null {
  const utility = (process as unknown as { parentPort?: UtilityPort }).parentPort;
  if (utility !== undefined) return utilityPort(utility);
  return process.send === undefined ? null : forkPort();
}

function utilityPort<Command, Report>(port: UtilityPort): ParentPort<Command, Report> {
  return {
    send: (report) => port.postMessage(report),
    onCommand: (listener) => port.on('message', (event) => listener(event.data as Command)),
    // Electron ends a utilityProcess with its parent; the port closes first.
    onGone: (listener) => port.on('close', listener),
  };
}

function forkPort<Command, Report>(): ParentPort<Command, Report> {
  return {
    send: (report) => {
      // The callback takes the error of a channel that closes at this moment; `disconnect` follows.
      if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
    },
    onCommand: (listener) => {
      process.on('message', (message) => listener(message as Command));
    },
    onGone: (listener) => {
      process.on('disconnect', listener);
    },
  };
}
