import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { EngineSettings } from '../../contracts/engine-protocol.ts';
import type { LpConfig, LpCredentials } from '../../contracts/lp-config.ts';
import type { KillLatch, LpStatus } from '../../contracts/lp-record.ts';
import { type BeforeLogout, statusFirst } from '../engine/teardown.ts';
import type { StatusAuthor } from '../row/row-write.ts';
import type { WrittenStatus } from '../row/row-writer.ts';
import type { LiveNumbers } from './live-numbers.ts';
import { LpRun } from './lp-run.ts';
import type { LpScope } from './lp-scope.ts';
import type { RunDeps, RunSetup, SessionNumbers } from './run-setup.ts';

export interface SlotDeps extends RunDeps {
  readonly engineSettings: (config: LpConfig, credentials: LpCredentials) => EngineSettings;
}

/** The place of the one run that an LP can have: nothing is started in it before what was there is known to be gone. */
export class RunSlot {
  readonly #scope: LpScope;
  readonly #deps: SlotDeps;
  readonly #onDown: () => void;
  #run: LpRun | null = null;
  #last: LiveNumbers | null = null;
  /** Of the configuration that the run was given last. */
  #version = 0;

  /** @param onDown see LpRun */
  constructor(scope: LpScope, deps: SlotDeps, onDown: () => void) {
    this.#scope = scope;
    this.#deps = deps;
    this.#onDown = onDown;
  }

  get run(): LpRun | null {
    return this.#run;
  }
  /** The numbers of the run that was here last, for who looks after it has ended; null while there is one. */
  get last(): LiveNumbers | null {
    return this.#last;
  }

  /**
   * Starts a run, if it may still be when what it needs has been read.
   *
   * @throws when the credentials or the folders of the engine cannot be had now
   */
  async start(config: LpConfig, numbers: SessionNumbers, mayRun: () => boolean): Promise<void> {
    const setup = await this.#setup(config);
    if (this.#run !== null || !mayRun()) return;
    this.#version = config.version;
    this.#last = null;
    this.#run = new LpRun(setup, this.#scope, this.#deps, numbers, this.#onDown);
    this.#run.start();
  }

  /**
   * Gives the run a configuration that has changed, for its next connection.
   *
   * @throws as `start`
   */
  async update(config: LpConfig): Promise<void> {
    const run = this.#run;
    if (run === null || config.version === this.#version) return;
    const setup = await this.#setup(config);
    this.#version = config.version;
    if (this.#run === run) run.update(setup);
  }

  /** Whether the run was given this configuration. */
  has(config: LpConfig): boolean {
    return config.version === this.#version;
  }

  /**
   * Writes the status, and ends the run.
   *
   * @returns whether there is nothing left of it; what does not end stays here, and the next call tries again
   */
  async end(reason: DisconnectReason, text: string, status: LpStatus = 0): Promise<boolean> {
    if (this.#run === null) return true;
    const { databaseAway } = this.#scope.row;
    const committed = this.writeStatus(status, reason)?.committed ?? Promise.resolve();
    return this.endSilently(
      reason,
      text,
      statusFirst(this.#scope.clock, databaseAway, () => committed),
    );
  }

  /** The same where the status is another's to write. */
  async endSilently(reason: DisconnectReason, text: string, beforeLogout?: BeforeLogout): Promise<boolean> {
    const run = this.#run;
    if (run === null) return true;
    const gone = await run.end(reason, text, undefined, beforeLogout);
    if (gone) this.forget(run);
    return gone;
  }

  /** The run is known to be gone. */
  forget(run: LpRun | null): void {
    if (this.#run !== run || run === null) return;
    run.live.stopped();
    this.#last = run.live;
    this.#run = null;
  }

  /** Writes the status, with the numbers of the run if there is one. */
  writeStatus(to: LpStatus, reason: DisconnectReason | null, by?: StatusAuthor): WrittenStatus | null {
    const run = this.#run;
    return run === null ? this.#scope.row.writeStatus(to, reason, undefined, by) : run.writeStatus(to, reason, by);
  }

  /** Writes latch and status of a kill, with the numbers of the run if there is one. */
  writeKill(latch: KillLatch, reason: DisconnectReason): WrittenStatus | null {
    return this.#scope.row.kill(latch, reason, this.#run?.statusNumbers(0));
  }

  async #setup(config: LpConfig): Promise<RunSetup> {
    return { config, settings: this.#deps.engineSettings(config, await this.#scope.row.credentials(config)) };
  }
}
