import { withDeadline } from '../../base/deadline.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { EngineSettings } from '../../contracts/engine-protocol.ts';
import type { LpConfig, LpCredentials } from '../../contracts/lp-config.ts';
import type { LpStatus } from '../../contracts/lp-record.ts';
import { STATUS_FIRST_MS } from '../kill/kill-procedure.ts';
import type { WrittenStatus } from '../row/lp-status.ts';
import type { KeeperDeps, RowWriter } from '../row/row-writer.ts';
import { LpRun } from './lp-run.ts';
import { type RunDeps, type RunSetup, withAccepted } from './run-parts.ts';
import type { Timeline } from './timeline.ts';

export interface SlotDeps extends KeeperDeps {
  readonly run: Omit<RunDeps, 'owned' | 'clock' | 'numbers'>;
  readonly engineSettings: (config: LpConfig, credentials: LpCredentials) => EngineSettings;
}

export interface SlotListener {
  changed(): void;
  /** A connection ended, or is about to, or an attempt failed; the status says so already. */
  down(): void;
}

/** The place of the one run that an LP can have: nothing is started in it before what was there is known to be gone. */
export class RunSlot {
  readonly #provider: string;
  readonly #deps: SlotDeps;
  readonly #row: RowWriter;
  readonly #timeline: Timeline;
  readonly #listener: SlotListener;
  #run: LpRun | null = null;
  /** Of the configuration that the run was given last. */
  #version = 0;
  /** NewPassword(925) that the LP has accepted and the database does not say yet. */
  #accepted: string | null = null;

  constructor(provider: string, deps: SlotDeps, row: RowWriter, timeline: Timeline, listener: SlotListener) {
    this.#provider = provider;
    this.#deps = deps;
    this.#row = row;
    this.#timeline = timeline;
    this.#listener = listener;
  }

  get run(): LpRun | null {
    return this.#run;
  }

  /**
   * Starts a run, if it may still be when what it needs has been read.
   *
   * @throws when the credentials or the folders of the engine cannot be had now
   */
  async start(config: LpConfig, numbers: RunDeps['numbers'], mayRun: () => boolean): Promise<void> {
    const setup = await this.#setup(config);
    if (this.#run !== null || !mayRun()) return;
    this.#version = config.version;
    const run: LpRun = new LpRun(
      setup,
      { ...this.#deps.run, clock: this.#deps.clock, owned: () => this.#row.held, numbers },
      {
        changed: () => this.#listener.changed(),
        loggedOn: () => {
          if (this.#run === run) this.writeStatus(1, null);
        },
        passwordChanged: (accepted) => this.#passwordChanged(accepted),
        down: (reason) => {
          if (this.#run !== run) return;
          this.writeStatus(2, reason);
          this.#listener.down();
        },
        timeline: (entry) => this.#timeline.add(entry),
      },
    );
    this.#run = run;
    run.start();
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
    const committed = this.writeStatus(status, reason)?.committed ?? Promise.resolve();
    return this.endSilently(reason, text, async () => {
      await withDeadline(this.#deps.clock, STATUS_FIRST_MS, committed);
    });
  }

  /** The same where the status is another's to write. */
  async endSilently(reason: DisconnectReason, text: string, beforeLogout?: () => Promise<void>): Promise<boolean> {
    const run = this.#run;
    if (run === null) return true;
    const gone = await run.end(reason, text, undefined, beforeLogout);
    if (gone) this.forget(run);
    return gone;
  }

  /** The run is known to be gone. */
  forget(run: LpRun | null): void {
    if (this.#run === run) this.#run = null;
  }

  /** @param by see RowWriter */
  writeStatus(to: LpStatus, reason: DisconnectReason | null, by: 'owner' | 'anyone' = 'owner'): WrittenStatus | null {
    const { live, attempt = 0 } = this.#run ?? {};
    const numbers = { nextIn: live?.nextIn ?? null, nextOut: live?.nextOut ?? null, attempt: to === 1 ? 0 : attempt };
    return this.#row.writeStatus(to, reason, numbers, by);
  }

  #passwordChanged(accepted: string): void {
    this.#accepted = accepted;
    void this.#row.passwordChanged(accepted).then(() => {
      if (this.#accepted === accepted) this.#accepted = null;
    });
  }

  async #setup(config: LpConfig): Promise<RunSetup> {
    const credentials = await this.#deps.store.credentials(this.#provider);
    const current = this.#accepted === null ? credentials : withAccepted(credentials, this.#accepted);
    return { config, settings: this.#deps.engineSettings(config, current) };
  }
}
