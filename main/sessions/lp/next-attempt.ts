import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { EngineSupervisor } from '../engine/engine-supervisor.ts';
import type { RunParts } from './run-parts.ts';
import type { SessionNumbers } from './run-setup.ts';
import type { RunSetups } from './run-setups.ts';

/** Until ownership is proven again, or an engine that was ended by force is gone. */
const LOOK_AGAIN_MS = 1_000;

/** The next attempt to connect: now or after a wait, and only once it is certain that the LP is ours, an engine runs and knows what it needs. */
export class NextAttempt {
  readonly #parts: RunParts;
  readonly #numbers: SessionNumbers;
  readonly #failed: (reason: DisconnectReason) => void;
  #failures = 0;
  #waitsForDatabase = false;

  /** @param failed there is no engine to make it with */
  constructor(parts: RunParts, numbers: SessionNumbers, failed: (reason: DisconnectReason) => void) {
    this.#parts = parts;
    this.#numbers = numbers;
    this.#failed = failed;
  }

  /** In a row since the last Logon that lasted. */
  get failures(): number {
    return this.#failures;
  }

  countFailure(): void {
    this.#failures += 1;
  }

  /** The Logon has lasted. */
  forgetFailures(): void {
    this.#failures = 0;
  }

  /** Starts an engine, which makes it when it is ready. */
  launch(): void {
    const { scope, state, lane, engine } = this.#parts;
    const { setup } = this.#takeSetup();
    lane.doing('engine', scope.clock.nowMs());
    state.set({ kind: 'connecting', step: 'engine' });
    const problem = engine.launch(setup.settings);
    if (problem !== null) this.#failed(problem);
  }

  make(): void {
    const { scope, state, engine, dialler, setups } = this.#parts;
    if (state.ends) return;
    const { process } = engine;
    if (!scope.row.held || engine.ends) {
      this.after(LOOK_AGAIN_MS);
      return;
    }
    if (process === null) {
      this.launch();
      return;
    }
    const { setup, told } = this.#takeSetup();
    if (!told) process.send({ type: 'configure', settings: setup.settings });
    if (this.#numbers.outdated()) {
      void this.#startNumbersAgain(process);
      return;
    }
    this.#numbers.used();
    void dialler.dial(process, setups.current.config);
  }

  /** Makes it after a wait, which the state shows. */
  after(ms: number): void {
    const { scope, state, timers } = this.#parts;
    const retry = { kind: 'retry', atMs: scope.clock.nowMs() + ms, attempt: this.#failures } as const;
    const proven = scope.row.held;
    if (!proven && !this.#waitsForDatabase)
      state.note('State', 'attention', 'Waits for the database: until it answers, another console may run this LP');
    this.#waitsForDatabase = !proven;
    state.set(proven ? retry : { ...retry, waitsFor: 'database' });
    timers.after(ms, () => this.make());
  }

  /** Makes it at once instead of after the wait. */
  hurry(): void {
    this.#parts.timers.clear();
    this.make();
  }

  #takeSetup(): ReturnType<RunSetups['take']> {
    const { setups, dialler } = this.#parts;
    const taken = setups.take();
    if (taken.changed) dialler.hosts.update(taken.setup.config);
    return taken;
  }

  /** From its answer on the wish is the engine's, whose store keeps it until a Logon with it was accepted or somebody sets other numbers. */
  async #startNumbersAgain(process: EngineSupervisor): Promise<void> {
    const { state, engine } = this.#parts;
    state.set({ kind: 'connecting', step: 'engine' });
    const answer = await process.ask({ type: 'reset-sequence' });
    if (state.ends || engine.process !== process) return;
    if (!answer.ok) {
      // An engine whose store fails ends, and one that does not answer is ended: what follows then is theirs to say.
      if (state.kind === 'connecting') this.after(LOOK_AGAIN_MS);
      return;
    }
    this.#numbers.used();
    this.make();
  }
}
