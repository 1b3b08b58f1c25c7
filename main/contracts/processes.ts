import type { DisconnectReason } from './disconnect-reason.ts';
import type { EngineCommand, EngineReport } from './engine-protocol.ts';
import type { LocalEnd } from './local-end.ts';

/** The processes that a session is made of, as others see them. */

/** V8 heap that an engine may use, MB: some five times what one needs that is busy. One that wants more ends, and nothing else with it. */
export const ENGINE_HEAP_MB = 256;

/** Of the memory that an engine may have: told of before it is ended, because there may be time to find out why. */
export const MUCH_MEMORY = 0.75;

/**
 * How V8 runs an engine. It lives long and runs little code: a small young generation does, and the compiler in the middle would only keep some
 * 13 MB of what it worked with.
 */
export const ENGINE_V8_FLAGS: readonly string[] = [
  '--max-semi-space-size=1',
  '--no-maglev',
  `--max-old-space-size=${ENGINE_HEAP_MB}`,
];

/** The `signal` of an engine that V8 ended because it had used that up. */
export const OUT_OF_MEMORY = 'out of memory';

/** How an engine ends that has logged out because the console did not answer: its last words come late, or not at all. */
export const CONSOLE_SILENT_EXIT = 75;

export interface ProcessExit {
  readonly code: number | null;
  /** Or in words what ended it, where there is no signal to name. */
  readonly signal: string | null;
}

/** A process of the console's own that does one thing for it, with a channel between them. It ends when the console does. */
export interface HelperProcess {
  /** Null when it has not been spawned, or has ended. */
  readonly pid: number | null;
  /** Never throws; a message to a dead process is dropped. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also when the process could not be started. */
  onGone(listener: (why: string) => void): void;
  /** Lets it end after what it was sent. */
  end(): void;
  /** SIGKILL, at once. */
  kill(): void;
}

/** Starts one: as the composition root can, with a forked Node or a utility process of Electron's. */
export type StartHelper = () => HelperProcess;

/** As it stands in a sentence. */
export const exitText = ({ code, signal }: ProcessExit): string => signal ?? `exit code ${code ?? '?'}`;

/** A running engine process. */
export interface EngineProcess {
  readonly pid: number | null;
  /** Never throws; a command to a dead engine is dropped (its exit is reported). */
  send(command: EngineCommand): void;
  onReport(listener: (report: EngineReport) => void): void;
  /** Called once; also when the process could not be started. */
  onExit(listener: (exit: ProcessExit) => void): void;
  /** SIGKILL, at once. */
  kill(): void;
}

export interface EngineLauncher {
  launch(provider: string): EngineProcess;
}

/** What a tunnel's log lines mean. */
export type TunnelNote =
  /** The engine's connection was taken. */
  | { readonly kind: 'accepted' }
  | { readonly kind: 'connected'; readonly address: string }
  | { readonly kind: 'tls'; readonly version: string; readonly cipher: string }
  | { readonly kind: 'certificate'; readonly daysLeft: number; readonly subject: string }
  | { readonly kind: 'failed'; readonly reason: DisconnectReason };

/** A running stunnel process, ready to be dialled. */
export interface Tunnel {
  readonly pid: number;
  /** What the engine dials. */
  readonly localEnd: LocalEnd;
  /** Everything that made it: options, target, contents of the files. Another tunnel would be the same tunnel exactly if this is equal. */
  readonly identity: string;
  onNote(listener: (note: TunnelNote) => void): void;
  /** Called once, when the process has ended for whatever reason. */
  onExit(listener: (exit: ProcessExit) => void): void;
  /** SIGTERM, then SIGKILL after a deadline; resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL, at once. */
  kill(): void;
}
