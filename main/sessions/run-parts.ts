import type { Clock } from '../contracts/clock.ts';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { EngineSettings } from '../contracts/engine-protocol.ts';
import type { LpConfig } from '../contracts/lp-config.ts';
import type { EngineLauncher, TunnelManager } from './ports.ts';
import type { NewTimelineEvent } from './timeline.ts';

/** What one run is about. */
export interface RunSetup {
  readonly config: LpConfig;
  readonly settings: EngineSettings;
}

/** What a run is given. */
export interface RunDeps {
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly launcher: EngineLauncher;
  readonly tunnels: TunnelManager;
  /** Whether this console can prove that it owns the LP: no new connection without. */
  readonly owned: () => boolean;
  /** The session of the schedule that the numbers belong to. */
  readonly numbers: {
    /** Whether a new session began since they were used: the next connection starts from 1. */
    outdated(): boolean;
    /** They were used in the session of now. */
    used(): void;
  };
}

/** Whom a run tells. */
export interface RunListener {
  /** State, lane or numbers changed. */
  changed(): void;
  loggedOn(): void;
  /** A connection ended, or is about to, or an attempt failed; the run goes on by itself unless it is `failed`. */
  down(reason: DisconnectReason): void;
  timeline(event: NewTimelineEvent): void;
}
