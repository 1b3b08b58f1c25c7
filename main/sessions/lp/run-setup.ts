import type { EngineSettings } from '../../contracts/engine-protocol.ts';
import type { LpConfig } from '../../contracts/lp-config.ts';
import type { EngineLauncher } from '../../contracts/processes.ts';
import type { Ownership, TunnelManager } from '../ports.ts';
import { withAccepted } from '../row/accepted-password.ts';

/** What one run is about. */
export interface RunSetup {
  readonly config: LpConfig;
  readonly settings: EngineSettings;
}

/** The same after the LP accepted this NewPassword(925). */
export function setupAfter(setup: RunSetup, accepted: string): RunSetup {
  const { settings } = setup;
  return { ...setup, settings: { ...settings, credentials: withAccepted(settings.credentials, accepted) } };
}

/** Whether two differ in nothing that a session could notice. */
export function sameSetup(a: RunSetup, b: RunSetup): boolean {
  const relevant = ({ config, settings }: RunSetup): string =>
    JSON.stringify([{ ...config, version: 0, hasPassword: false, hasNewPassword: false, secretsToEnter: [] }, settings]);
  return relevant(a) === relevant(b);
}

/** What a run is given. */
export interface RunDeps {
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly launcher: EngineLauncher;
  readonly tunnels: TunnelManager;
  readonly ownership: Ownership;
}

/** The session of the schedule that the sequence numbers belong to. */
export interface SessionNumbers {
  /** Whether a new session began since they were used: they are to start again at 1. */
  outdated(): boolean;
  /** They are those of the session of now, or will be with the next Logon. */
  used(): void;
}
