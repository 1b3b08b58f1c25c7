import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { FairQueue } from '../base/fair-queue.ts';
import type { DecodedMessage } from '../contracts/fix-message.ts';
import type { LogFilter } from '../contracts/log-filter.ts';
import type { FixLogLine } from '../contracts/lp-view.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import type { CloseTail, Job, JobName, ReadingFolders, ReadingJobs, ReadingReport } from './reading-protocol.ts';

/** One job: many times what the largest takes. What takes longer hangs, or was made to. */
const JOB_MS = 5_000;
const CLOSE_WAIT_MS = 500;
/** Jobs that wait. */
const MOST = { each: 8, all: 256 };
/** Open tails: each is looked after ten times a second. */
const MAX_TAILS = 128;
const HEAP_MB = 256;
/** Threads that hang in the system, beyond which no more are started. */
const MAX_HANGING = 3;

type OnLines = (lines: readonly FixLogLine[], skipped: number) => void;

interface Waiting {
  readonly job: Job;
  readonly done: (answer: Result<ReadingJobs[JobName]['value']>) => void;
}

interface OpenTail {
  readonly id: number;
  readonly provider: string;
  readonly filter: LogFilter | null;
  readonly onLines: OnLines;
  nextN: number;
  /** Answered, and to be opened again when its thread has ended. */
  opened: boolean;
}

export interface ReaderOptions {
  /** Path of the built reading-thread. */
  readonly entry: string;
  readonly folders: ReadingFolders;
  readonly clock: Clock;
  readonly onTailError: (provider: string, message: string) => void;
  /** The thread was ended, or ended by itself; another takes over. */
  readonly onNote: (text: string) => void;
}

/** The main thread's side of the reading thread: bounded by who asks, in all and in time. The thread is started when it is first needed. */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #queue = new FairQueue<Waiting>(MOST);
  readonly #tails = new Map<number, OpenTail>();
  #worker: Worker | null = null;
  #hanging = 0;
  #current: (Waiting & { readonly cancel: () => void }) | null = null;
  #ids = 0;
  #closed = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** @param asker whoever's share of the thread this takes */
  decode(asker: object, text: string, dictionaryFile: string | null): Promise<Result<DecodedMessage>> {
    return this.#ask(asker, 'decode', { text, dictionaryFile });
  }

  /** As `FixLogTail`: answers with the last lines. Fails (operational) when the log cannot be read, (user) when there are too many tails. */
  async openTail(
    asker: object,
    provider: string,
    lines: number,
    onLines: OnLines,
    filter: LogFilter | null = null,
  ): Promise<Result<{ readonly lines: readonly FixLogLine[]; close(): void }>> {
    if (this.#tails.size >= MAX_TAILS) {
      return fail('user', 'too-many-tails', `${MAX_TAILS} logs are being followed already: close some first.`);
    }
    this.#ids += 1;
    const tail: OpenTail = { id: this.#ids, provider, filter, onLines, nextN: 1, opened: false };
    this.#tails.set(tail.id, tail);
    const opened = await this.#ask(asker, 'open-tail', { id: tail.id, provider, lines, filter, firstN: 1 });
    if (!opened.ok) {
      this.#tails.delete(tail.id);
      return opened;
    }
    tail.nextN += opened.value.length;
    tail.opened = true;
    return ok({
      lines: opened.value,
      close: () => {
        // Of a tail whose thread has ended there is nothing left to close.
        if (this.#tails.delete(tail.id)) this.#closeTail(tail.id);
      },
    });
  }

  /** The last `lines` lines of a provider's log. Rejects when it cannot be read. */
  async last(provider: string, lines: number): Promise<readonly FixLogLine[]> {
    // An asker of its own: what a kill leaves behind waits for no screen's share.
    const tail = await this.openTail({}, provider, lines, () => undefined);
    if (!tail.ok) throw new Error(tail.error.message);
    tail.value.close();
    return tail.value.lines;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = null;
    this.#answer(shuttingDown());
    for (let waiting = this.#queue.take(); waiting !== null; waiting = this.#queue.take()) waiting.done(shuttingDown());
    // A thread that hangs in the system ends when the process does.
    if (worker !== null) await withDeadline(this.#options.clock, CLOSE_WAIT_MS, worker.terminate());
  }

  #closeTail(id: number): void {
    this.#worker?.postMessage({ name: 'close-tail', id } satisfies CloseTail);
  }

  #ask<N extends JobName>(asker: object, name: N, args: ReadingJobs[N]['args']): Promise<Result<ReadingJobs[N]['value']>> {
    return new Promise((resolve) => {
      if (this.#closed) {
        resolve(shuttingDown());
        return;
      }
      const waiting = { job: { name, args }, done: resolve } as unknown as Waiting;
      if (!this.#queue.add(asker, waiting)) {
        resolve(fail('user', 'too-many-requests', 'Too much of this is asked for at once; wait for answers.'));
        return;
      }
      this.#next();
    });
  }

  #next(): void {
    if (this.#current !== null || this.#closed) return;
    const waiting = this.#queue.take();
    if (waiting === null) return;
    const worker = this.#worker ?? this.#start();
    if (worker === null) {
      waiting.done(
        fail('operational', 'reading-hangs', 'The disk with the logs or the dictionaries does not answer: look at it.'),
      );
      this.#next();
      return;
    }
    const cancel = this.#options.clock.after(JOB_MS, () => this.#giveUp(worker));
    this.#current = { ...waiting, cancel };
    worker.postMessage(waiting.job);
  }

  #answer(answer: Result<ReadingJobs[JobName]['value']>): void {
    const current = this.#current;
    this.#current = null;
    current?.cancel();
    current?.done(answer);
  }

  #start(): Worker | null {
    if (this.#hanging >= MAX_HANGING) return null;
    const worker = new Worker(this.#options.entry, {
      workerData: this.#options.folders,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      // Nothing of the console's own: neither its settings nor the flags that it was started with.
      env: {},
      execArgv: [],
    });
    this.#worker = worker;
    worker.on('message', (said: ReadingReport) => {
      if (this.#worker === worker) this.#hear(said);
    });
    worker.on('error', (error) => this.#ended(worker, error.message));
    worker.once('exit', (code) => this.#ended(worker, `exit code ${code}`));
    // Threads end with the console, not the console with its threads.
    worker.unref();
    return worker;
  }

  #hear(said: ReadingReport): void {
    switch (said.type) {
      case 'answer':
        this.#answer(ok(said.value));
        break;
      case 'failed':
        this.#answer(fail('operational', 'cannot-be-read', `It cannot be read: ${said.message}.`));
        break;
      case 'lines': {
        const tail = this.#tails.get(said.id);
        if (tail === undefined) return;
        tail.nextN += said.lines.length;
        tail.onLines(said.lines, said.skipped);
        return;
      }
      case 'tail-error':
        this.#options.onTailError(said.provider, said.message);
        return;
    }
    this.#next();
  }

  #giveUp(worker: Worker): void {
    this.#hanging += 1;
    void worker.terminate().finally(() => {
      this.#hanging -= 1;
    });
    this.#ended(worker, `a ${this.#current?.job.name} took longer than ${JOB_MS / 1_000} s`);
  }

  /** What it was doing has failed, and the tails go on in another one, where they were. */
  #ended(worker: Worker, why: string): void {
    if (this.#worker !== worker || this.#closed) return;
    this.#worker = null;
    this.#options.onNote(`The thread that reads logs and messages for screens was ended (${why}); another one takes over`);
    this.#answer(fail('operational', 'reading-failed', `This could not be read (${why}).`));
    for (const tail of this.#tails.values()) if (tail.opened) void this.#openAgain(tail);
    this.#next();
  }

  async #openAgain(tail: OpenTail): Promise<void> {
    const { id, provider, filter, nextN } = tail;
    const opened = await this.#ask(tail, 'open-tail', { id, provider, lines: 0, filter, firstN: nextN });
    // Closed meanwhile.
    if (opened.ok && !this.#tails.has(id)) this.#closeTail(id);
    if (opened.ok || !this.#tails.delete(id)) return;
    this.#options.onTailError(provider, opened.error.message);
  }
}

const shuttingDown = () => fail('operational', 'shutting-down', 'The console is shutting down.');
