import type { Clock } from '../base/clock.ts';
import type { SessionControl } from '../sessions/session-control.ts';
import { AuditTrail } from './audit-trail.ts';
import { IncidentKeeper } from './incident-keeper.ts';
import { KillAudit } from './kill-audit.ts';
import type { OperationDeps } from './operation.ts';
import type { AuditLog, ConfigRepository, IncidentLog, Log } from './ports.ts';

/** What `startOperations` is made from. */
export interface OperationParts {
  readonly control: SessionControl;
  readonly configs: ConfigRepository;
  readonly auditLog: AuditLog;
  readonly incidents: IncidentLog;
  /** This console's name. */
  readonly console: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The operations and what they own. `close` stops listening and gives waiting audit rows a last attempt, within two seconds. */
export interface StartedOperations {
  readonly deps: OperationDeps;
  close(): Promise<void>;
}

/** Call before the Session Manager starts, so that a kill latch found at start-up is audited too. */
export function startOperations({
  control,
  configs,
  auditLog,
  incidents,
  console,
  clock,
  log,
}: OperationParts): StartedOperations {
  const audit = new AuditTrail(auditLog, clock, log);
  const kills = new KillAudit(control, audit, clock);
  const keeper = new IncidentKeeper(control, incidents, console);
  return {
    deps: { control, configs, audit, kills, incidents, clock, log },
    close: async () => {
      kills.close();
      keeper.close();
      await audit.close();
    },
  };
}
