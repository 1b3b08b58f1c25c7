import type { Clock } from '../../base/clock.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { EngineSettings } from '../../contracts/engine-protocol.ts';
import type { LpConfig, LpCredentials } from '../../contracts/lp-config.ts';
import type { EngineLauncher, TunnelManager } from '../ports.ts';
import type { NewTimelineEvent } from './timeline.ts';

/** What one run is about. */
export interface RunSetup {
  readonly config: LpConfig;
  readonly settings: EngineSettings;
}

/**
 * Credentials after the LP accepted a Logon with this NewPassword(925): it is the password now. A newer one that waits goes on waiting.
 * Where none waits any more, a person has decided otherwise, and nothing changes.
 */
export function withAccepted(credentials: LpCredentials, accepted: string): LpCredentials {
  const { newPassword } = credentials;
  if (newPassword === null) return credentials;
  return { ...credentials, password: accepted, newPassword: newPassword === accepted ? null : newPassword };
}

/** The same after the LP accepted this NewPassword(925). */
export function setupAfter(setup: RunSetup, accepted: string): RunSetup {
  const { settings } = setup;
  return { ...setup, settings: { ...settings, credentials: withAccepted(settings.credentials, accepted) } };
}

/** Whether two differ in nothing that a session could notice. */
export function sameSetup(a: RunSetup, b: RunSetup): boolean {
  const relevant = ({ config, settings }: RunSetup): string =>
    JSON.stringify([{ ...config, version: 0, hasPassword: false, hasNewPassword: false }, settings]);
  return relevant(a) === relevant(b);
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
  /** The LP has accepted a Logon with this NewPassword(925); told also when the run is being ended. */
  passwordChanged(accepted: string): void;
  /** A connection ended, or is about to, or an attempt failed; the run goes on by itself unless it is `failed`. */
  down(reason: DisconnectReason): void;
  timeline(event: NewTimelineEvent): void;
}
