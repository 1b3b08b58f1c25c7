import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { guardChild } from '../base/guard-child.ts';
import { isStopped } from '../base/process-start.ts';
import { boundTexts, cutText } from '../contracts/bounded.ts';
import type { ProcessExit, TunnelNote } from '../contracts/processes.ts';
import { TunnelLogReader } from './tunnel-notes.ts';

/** Where the lines of one tunnel's log go. */
export interface TunnelLog {
  write(line: string): void;
  close(): void;
}

const STOP_MS = 2_000;
/** How often it is looked whether the process runs; one that was stopped at two looks is ended. */
const LOOK_MS = 1_000;
const STOPPED = 'it was stopped, as by SIGSTOP, and was ended';
/** Lines kept to say why stunnel ended. */
const LAST_LINES = 40;
const KEPT_LINE_BYTES = 512;
const MAX_COMPLAINT_BYTES = 2_048;

/** One stunnel process and what it says. It never outlives this one: a guard process kills it when this one is gone. */
export class StunnelProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #reader = new TunnelLogReader();
  readonly #lines: string[] = [];
  readonly #said = new Emitter<string>();
  readonly #notes = new Emitter<TunnelNote>();
  readonly #exits = new Emitter<ProcessExit>();
  /** Notes of before anybody listened; null from then on. */
  #early: TunnelNote[] | null = [];
  #exit: ProcessExit | null = null;
  #stopped = false;
  #cancelLook: () => void = () => undefined;

  private constructor(child: ChildProcess, pid: number, clock: Clock, log: TunnelLog) {
    this.#child = child;
    this.pid = pid;
    this.#clock = clock;
    guardChild(child, 'KILL', 'vfxlp-tunnel-guard');
    if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', (line) => this.#onLine(line, log));
    this.exited = new Promise((resolve) => {
      // close: after the last line has been read.
      child.once('close', (code, signal) => {
        this.#cancelLook();
        this.#exit = { code, signal: this.#stopped ? STOPPED : signal };
        log.close();
        resolve(this.#exit);
        this.#exits.emit(this.#exit);
      });
    });
    this.#look(false);
  }

  /** A tunnel that stands still is as silent as an LP that does: without a look at it, it would take the heartbeats to notice. */
  #look(before: boolean): void {
    this.#cancelLook = this.#clock.after(LOOK_MS, () => {
      const stopped = isStopped(this.pid);
      if (!stopped || !before) {
        this.#look(stopped);
        return;
      }
      this.#stopped = true;
      this.kill();
    });
  }

  /** Starts stunnel on a configuration, which it reads from its standard input: nothing is written to disk. Rejects when it cannot be started. */
  static start(program: string, configuration: string, clock: Clock, log: TunnelLog): Promise<StunnelProcess> {
    const child = spawn(program, ['-fd', '0'], {
      stdio: ['pipe', 'ignore', 'pipe'],
      // A Ctrl+C in the console's terminal must not reach the tunnel before the Logout has gone through it.
      detached: true,
      // No secrets of this process's environment; UTC in its log.
      env: { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C' },
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => {
        if (child.pid === undefined) {
          reject(new Error(`${program} started without a process id`));
          return;
        }
        // It may end before it has read everything; its exit says why.
        child.stdin?.on('error', (error) => log.write(`configuration not read: ${error.message}`));
        child.stdin?.end(configuration);
        resolve(new StunnelProcess(child, child.pid, clock, log));
      });
    });
  }

  /** Resolves with the first line that satisfies, or null when the process ended, `ms` passed or `givenUp` was signalled before. */
  lineThat(satisfies: (line: string) => boolean, ms: number, givenUp: AbortSignal): Promise<string | null> {
    const seen = this.#lines.find(satisfies);
    if (seen !== undefined || this.#exit !== null || givenUp.aborted) return Promise.resolve(seen ?? null);
    return new Promise((resolve) => {
      const done = (line: string | null) => {
        cancel();
        givenUp.removeEventListener('abort', onGivenUp);
        unsubscribe();
        resolve(line);
      };
      const onLine = (line: string) => {
        if (satisfies(line)) done(line);
      };
      const onGivenUp = () => done(null);
      const cancel = this.#clock.after(ms, () => done(null));
      givenUp.addEventListener('abort', onGivenUp);
      const unsubscribe = this.#said.on(onLine);
      this.onExit(() => done(null));
    });
  }

  /** What it complained of before it ended, for the reason line. */
  get complaint(): string {
    const complaints = this.#lines.filter((line) => line.startsWith('[!]') || /LOG[0-3]\[/.test(line));
    const said = complaints.map((line) => line.replace(/^.*?(?:\[!\]|LOG\d\[\w+\]:) /, ''));
    return cutText(
      said.filter((line) => !/^(Configuration failed|error queue)/.test(line)).join('; '),
      MAX_COMPLAINT_BYTES,
      'tunnel.log',
    );
  }

  hasSaid(words: string): boolean {
    return this.#lines.some((line) => line.includes(words));
  }

  onNote(listener: (note: TunnelNote) => void): void {
    this.#notes.on(listener);
    for (const note of this.#early ?? []) listener(note);
    this.#early = null;
  }

  onExit(listener: (exit: ProcessExit) => void): void {
    if (this.#exit === null) this.#exits.on(listener);
    else listener(this.#exit);
  }

  /** Says what stunnel has found out; an LP's certificate has put words into it. */
  note(note: TunnelNote): void {
    const said = boundTexts(note);
    this.#early?.push(said);
    this.#notes.emit(said);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const cancel = this.#clock.after(STOP_MS, () => this.kill());
    await this.exited;
    cancel();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #onLine(line: string, log: TunnelLog): void {
    log.write(line);
    this.#lines.push(cutText(line, KEPT_LINE_BYTES, 'tunnel.log'));
    if (this.#lines.length > LAST_LINES) this.#lines.shift();
    this.#said.emit(line);
    const note = this.#reader.read(line);
    if (note !== null) this.note(note);
  }
}
