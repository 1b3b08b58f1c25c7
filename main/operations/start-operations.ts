import type { Clock } from '../base/clock.ts';
import type { RefusedWrites } from '../contracts/refused.ts';
import type { SessionControl } from '../sessions/session-control.ts';
import { AuditTrail } from './audit-trail.ts';
import { IncidentKeeper } from './incident-keeper.ts';
import { KillAudit } from './kill-audit.ts';
import type { OperationDeps } from './operation.ts';
import type { AuditLog, ConfigRepository, IncidentLog, Log } from './ports.ts';
import type { SecondIdentity } from './second-identity.ts';

/** What `startOperations` is made from. */
export interface OperationParts {
  readonly control: SessionControl;
  readonly configs: ConfigRepository;
  readonly auditLog: AuditLog;
  readonly incidents: IncidentLog;
  /** This console's name. */
  readonly console: string;
  readonly refused: readonly RefusedWrites[];
  readonly clock: Clock;
  readonly log: Log;
  /** Where two have to re-arm; left out: one is enough. */
  readonly second?: SecondIdentity;
}

/** The operations and what they own. `close` stops listening and gives waiting audit rows a last attempt, within two seconds. */
export interface StartedOperations {
  readonly deps: OperationDeps;
  /** From here on only kills are taken: what is asked of LPs that are being logged out would come too late for them. */
  shutDown(): void;
  close(): Promise<void>;
}

/** Call before the Session Manager starts, so that a kill latch found at start-up is audited too. */
export function startOperations({
  control,
  configs,
  auditLog,
  incidents,
  refused,
  console,
  clock,
  log,
  second,
}: OperationParts): StartedOperations {
  const audit = new AuditTrail(auditLog, clock, log);
  const kills = new KillAudit(control, audit, clock);
  const keeper = new IncidentKeeper(control, incidents, console);
  let closing = false;
  return {
    deps: { control, configs, audit, kills, incidents, refused, clock, log, second: second ?? null, closing: () => closing },
    shutDown: () => {
      closing = true;
    },
    close: async () => {
      kills.close();
      keeper.close();
      await audit.close();
    },
  };
}
