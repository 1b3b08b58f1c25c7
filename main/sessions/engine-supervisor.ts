import type { Clock } from '../contracts/clock.ts';
import type { EngineCommand, EngineReport } from '../contracts/engine-protocol.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import type { EngineLauncher, EngineProcess } from './ports.ts';

const PING_EVERY_MS = 2_000;
/** An engine that answers no ping for this long is wedged: its heartbeats are not going out either. */
const UNRESPONSIVE_MS = 6_000;
const ANSWER_WITHIN_MS = 3_000;

export interface EngineExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** True when the supervisor ended it because it stopped answering. */
  readonly unresponsive: boolean;
}

type Question =
  | { readonly type: 'set-sequence'; readonly nextIn: number | null; readonly nextOut: number | null }
  | { readonly type: 'reset-sequence' }
  | { readonly type: 'test-request' }
  | { readonly type: 'resend-request'; readonly from: number };

/** One engine process and what the Session Manager must know about it: alive, answering, and certainly gone after `stop` or `kill`. */
export class EngineSupervisor {
  readonly exited: Promise<EngineExit>;
  readonly #clock: Clock;
  readonly #process: EngineProcess;
  readonly #answers = new Map<number, (result: Result<number | null>) => void>();
  #requests = 0;
  #pings = 0;
  #lastPongMs: number;
  #unresponsive = false;
  #gone = false;
  #cancelPing: () => void = () => undefined;

  constructor(provider: string, launcher: EngineLauncher, clock: Clock, onReport: (report: EngineReport) => void) {
    this.#clock = clock;
    this.#process = launcher.launch(provider);
    this.#lastPongMs = clock.nowMs();
    this.exited = new Promise((resolve) => {
      this.#process.onExit(({ code, signal }) => {
        this.#gone = true;
        this.#cancelPing();
        for (const answer of this.#answers.values())
          answer(fail('operational', 'engine-exit', 'The engine process ended before it answered.'));
        this.#answers.clear();
        resolve({ code, signal, unresponsive: this.#unresponsive });
      });
    });
    this.#process.onReport((report) => {
      this.#lastPongMs = clock.nowMs();
      if (report.type === 'answer') this.#answer(report.requestId, report.error, report.msgSeqNum);
      else if (report.type !== 'pong') onReport(report);
    });
    this.#ping();
  }

  /** Null until it has been spawned. */
  get pid(): number | null {
    return this.#process.pid;
  }

  get gone(): boolean {
    return this.#gone;
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

  /** Lets the engine flush and exit; SIGKILL when it has not within `deadlineMs`. @returns whether force was needed */
  async stop(deadlineMs: number): Promise<{ readonly forced: boolean }> {
    this.send({ type: 'stop' });
    const inTime = await this.#exitWithin(deadlineMs);
    if (!inTime) this.#process.kill();
    return { forced: !inTime };
  }

  /** SIGKILL. */
  kill(): void {
    if (!this.#gone) this.#process.kill();
  }

  /** Waits for the exit at most `deadlineMs`. @returns whether the process is gone */
  async #exitWithin(deadlineMs: number): Promise<boolean> {
    if (this.#gone) return true;
    return new Promise((resolve) => {
      const cancel = this.#clock.after(deadlineMs, () => resolve(false));
      void this.exited.then(() => {
        cancel();
        resolve(true);
      });
    });
  }

  confirmGone(deadlineMs: number): Promise<boolean> {
    return this.#exitWithin(deadlineMs);
  }

  #ping(): void {
    this.#cancelPing = this.#clock.after(PING_EVERY_MS, () => {
      if (this.#gone) return;
      if (this.#clock.nowMs() - this.#lastPongMs > UNRESPONSIVE_MS) {
        this.#unresponsive = true;
        this.#process.kill();
        return;
      }
      this.#pings += 1;
      this.#process.send({ type: 'ping', n: this.#pings });
      this.#ping();
    });
  }

  #answer(requestId: number, error: string | null, msgSeqNum: number | null): void {
    const answer = this.#answers.get(requestId);
    this.#answers.delete(requestId);
    answer?.(error === null ? ok(msgSeqNum) : fail('operational', 'engine-refused', error));
  }
}
