import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import type { EngineCommand, EngineReport, LogoutOrder } from '../../contracts/engine-protocol.ts';
import type { EngineLauncher, EngineProcess, ProcessExit } from '../../contracts/processes.ts';
import { fail, ok, type Result } from '../../contracts/result.ts';

const PING_EVERY_MS = 2_000;
/** So many pings without a word are six seconds: its heartbeats are not going out either. Counted, because a clock that is set would tell nothing. */
const PINGS_UNANSWERED = 3;
const ANSWER_WITHIN_MS = 3_000;

export interface EngineListener {
  report(report: EngineReport): void;
  /** It stopped answering and is being ended; its exit follows, unless the system cannot end it. Said once. */
  wedged(): void;
}

type Question =
  | { readonly type: 'block-outbound'; readonly parting: LogoutOrder | null }
  | { readonly type: 'set-sequence'; readonly nextIn: number | null; readonly nextOut: number | null }
  | { readonly type: 'reset-sequence' }
  | { readonly type: 'test-request' }
  | { readonly type: 'resend-request'; readonly from: number };

/** One engine process and what the Session Manager must know about it: alive, answering, and certainly gone after `stop` or `kill`. */
export class EngineSupervisor {
  readonly exited: Promise<ProcessExit>;
  readonly #clock: Clock;
  readonly #process: EngineProcess;
  readonly #listener: EngineListener;
  readonly #answers = new Map<number, (result: Result<number | null>) => void>();
  #requests = 0;
  #pings = 0;
  #unanswered = 0;
  #wedged = false;
  #forced = false;
  #gone = false;
  #cancelPing: () => void = () => undefined;

  /** @throws whatever the launcher throws when it cannot start a process */
  constructor(provider: string, launcher: EngineLauncher, clock: Clock, listener: EngineListener) {
    this.#clock = clock;
    this.#listener = listener;
    this.#process = launcher.launch(provider);
    this.exited = new Promise((resolve) => {
      this.#process.onExit((exit) => {
        if (this.#gone) return;
        this.#gone = true;
        this.#cancelPing();
        const ended = fail('operational', 'engine-exit', 'The engine process ended before it answered.');
        for (const answer of this.#answers.values()) answer(ended);
        this.#answers.clear();
        resolve(exit);
      });
    });
    this.#process.onReport((report) => {
      // What was still on its way when the process ended, or was given up, speaks of a connection that is no more.
      if (this.#gone || this.#wedged) return;
      this.#unanswered = 0;
      if (report.type === 'answer') this.#answer(report.requestId, report.error, report.msgSeqNum);
      else if (report.type !== 'pong') this.#listener.report(report);
    });
    // From its first ping on an engine watches that this console is there.
    this.#process.send({ type: 'ping', n: 0 });
    this.#ping();
  }

  /** Null until it has been spawned. */
  get pid(): number | null {
    return this.#process.pid;
  }
  get gone(): boolean {
    return this.#gone;
  }
  /** It stopped answering: it is being ended, or cannot be. */
  get wedged(): boolean {
    return this.#wedged;
  }
  /** SIGKILL was sent. */
  get forced(): boolean {
    return this.#forced;
  }

  send(command: EngineCommand): void {
    if (!this.#gone) this.#process.send(command);
  }

  /** Asks the engine for something and waits for its answer, at most 3 s. */
  ask(question: Question): Promise<Result<number | null>> {
    if (this.#gone) return Promise.resolve(fail('operational', 'engine-exit', 'The engine process is not running.'));
    this.#requests += 1;
    const requestId = this.#requests;
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ANSWER_WITHIN_MS, () => {
        this.#answers.delete(requestId);
        resolve(fail('operational', 'engine-unresponsive', 'The engine process did not answer within 3 s.'));
      });
      this.#answers.set(requestId, (result) => {
        cancel();
        resolve(result);
      });
      this.#process.send({ ...question, requestId });
    });
  }

  /** Lets the engine flush and exit; SIGKILL when it has not within `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.send({ type: 'stop' });
    if (!(await this.confirmGone(deadlineMs))) this.kill();
  }

  /** SIGKILL. */
  kill(): void {
    if (this.#gone) return;
    this.#forced = true;
    this.#process.kill();
  }

  /** Waits for the exit at most `deadlineMs`. @returns whether the process is gone */
  async confirmGone(deadlineMs: number): Promise<boolean> {
    await withDeadline(this.#clock, deadlineMs, this.exited);
    return this.#gone;
  }

  #ping(): void {
    this.#cancelPing = this.#clock.after(PING_EVERY_MS, () => {
      if (this.#gone) return;
      if (this.#unanswered >= PINGS_UNANSWERED) this.#endWedged();
      this.#unanswered += 1;
      this.#pings += 1;
      this.#process.send({ type: 'ping', n: this.#pings });
      this.#ping();
    });
  }

  #endWedged(): void {
    this.kill();
    if (this.#wedged) return;
    this.#wedged = true;
    this.#listener.wedged();
  }

  #answer(requestId: number, error: string | null, msgSeqNum: number | null): void {
    const answer = this.#answers.get(requestId);
    this.#answers.delete(requestId);
    answer?.(error === null ? ok(msgSeqNum) : fail('operational', 'engine-refused', error));
  }
}
