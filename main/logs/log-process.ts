import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import type { FolderState } from '../base/folder-state.ts';
import { hasPrivateSockets } from '../base/platform.ts';
import { PrivateSockets, privatePipe } from '../base/private-sockets.ts';
import { isOutOfReach } from '../base/process-start.ts';
import type { HelperProcess, StartHelper } from '../contracts/processes.ts';
import type { LogQuota } from './log-quota.ts';
import type { ServerCommand, ServerReport } from './server/log-server.ts';

const PING_MS = 1_000;
/** A process that has left so many unanswered stands still. */
const UNANSWERED = 5;
/** Further ones before its first answer: a machine that is busy starts a process slowly. */
const UNANSWERED_AT_START = 25;
const START_AGAIN_MS = 500;
/** For what it has not written; a disk that hangs is not waited for. */
const CLOSE_WITHIN_MS = 2_000;

export interface LogProcessOptions {
  /** Starts the built log-server. */
  readonly start: StartHelper;
  /** Its socket lies in it. */
  readonly dataDir: string;
  /** Holds one folder per provider. */
  readonly logDir: string;
  /** Of the logs of each provider. */
  readonly quota: LogQuota;
  readonly clock: Clock;
  /** A provider's log cannot be written ('error', once until it can), or what else its operator should know. */
  readonly tell: (provider: string, kind: 'error' | 'note', text: string) => void;
  /** What becomes of the process itself. */
  readonly onNote: (text: string) => void;
}

/**
 * Runs the process that writes the logs, and again whenever it ends or stands still: whoever writes lines keeps meanwhile what it has not written. One
 * that waits for its disk is left alone, because another would wait as well: it goes on by itself.
 */
export class LogProcess {
  /** Where lines are taken. */
  readonly socket: string;
  readonly #options: LogProcessOptions;
  readonly #removeSocket: () => void;
  #child: HelperProcess | null = null;
  #unanswered = 0;
  #pings = 0;
  /** It waits for its disk; told once. */
  #waits = false;
  #looking: ((found: FolderState) => void) | null = null;
  #cancelStart: () => void = () => undefined;
  #cancelPing: () => void = () => undefined;
  #closed = false;

  /** @throws the file system's error when there is no folder for its socket */
  constructor(options: LogProcessOptions) {
    this.#options = options;
    const own = hasPrivateSockets() ? new PrivateSockets(options.dataDir, 'logging').make() : null;
    this.socket = own?.path ?? privatePipe();
    this.#removeSocket = () => own?.remove();
    this.#start();
    this.#ping();
  }

  /** Null while it is being started again. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** The state of the folder of logs. Never rejects; on a disk that hangs it resolves when that answers. */
  look(): Promise<FolderState> {
    return new Promise((resolve) => {
      this.#looking = resolve;
      this.#send({ type: 'look' });
    });
  }

  /** Resolves when it has written what it was given, or after 2 s. Whoever writes lines must have ended. */
  async close(): Promise<void> {
    const { clock, onNote } = this.#options;
    this.#closed = true;
    this.#cancelStart();
    this.#cancelPing();
    const child = this.#child;
    if (child !== null) {
      const gone = new Promise<true>((resolve) => child.onGone(() => resolve(true)));
      this.#send({ type: 'end' });
      if ((await withDeadline(clock, CLOSE_WITHIN_MS, gone)) === undefined) {
        child.kill();
        onNote('The disk of the logs does not answer: the process that writes them is left behind, with the lines that it has');
      }
    }
    this.#removeSocket();
  }

  #start(): void {
    const { start, logDir, quota, tell, onNote, clock } = this.#options;
    const child = start();
    this.#child = child;
    this.#unanswered = -UNANSWERED_AT_START;
    child.onMessage((message) => {
      const said = message as ServerReport;
      switch (said.type) {
        case 'pong':
          this.#answered();
          break;
        case 'folder':
          this.#looking?.(said.found);
          break;
        case 'error':
        case 'note':
          tell(said.provider, said.type, said.text);
          break;
        case 'problem':
          onNote(`The process that writes the logs: ${said.text}`);
          break;
        default:
          said satisfies never;
      }
    });
    child.onGone((why) => {
      if (this.#child !== child) return;
      this.#child = null;
      if (this.#closed) return;
      onNote(
        `The process that writes the logs ended (${why}) and is started anew; lines of engines that end meanwhile may be lost`,
      );
      this.#cancelStart = clock.after(START_AGAIN_MS, () => this.#start());
    });
    this.#send({ type: 'open', socket: this.socket, logDir, quota });
    // Who asked the one before has no answer.
    if (this.#looking !== null) this.#send({ type: 'look' });
  }

  #send(command: ServerCommand): void {
    this.#child?.send(command);
  }

  #answered(): void {
    this.#unanswered = 0;
    if (this.#waits) this.#options.onNote('The disk of the logs answers again');
    this.#waits = false;
  }

  #ping(): void {
    this.#cancelPing = this.#options.clock.after(PING_MS, () => this.#ping());
    const child = this.#child;
    if (child === null) return;
    this.#pings += 1;
    this.#send({ type: 'ping', n: this.#pings });
    this.#unanswered += 1;
    if (this.#unanswered > UNANSWERED) this.#standsStill(child);
  }

  #standsStill(child: HelperProcess): void {
    if (child.pid !== null && isOutOfReach(child.pid)) {
      if (!this.#waits)
        this.#options.onNote('The disk of the logs does not answer: lines are kept, and lost when there are too many');
      this.#waits = true;
    } else child.kill();
  }
}
