import type { Clock } from '../base/clock.ts';
import type { Actor } from '../contracts/audit.ts';
import type { KillIncident, LpKill } from '../contracts/kill.ts';
import type { SessionControl } from '../sessions/session-control.ts';
import { type Asked, type AuditTrail, auditHead } from './audit-trail.ts';

interface Presser {
  readonly actor: Actor;
  readonly asked: Asked;
}

/**
 * Two audit rows for a kill: one at the press, which a console that dies meanwhile leaves behind, and one when its incident has settled, which says
 * what became of each LP. A kill never waits for them.
 */
export class KillAudit {
  readonly #control: SessionControl;
  readonly #audit: AuditTrail;
  readonly #clock: Clock;
  readonly #pressers = new Map<string, Presser>();
  readonly #unsubscribe: () => void;

  constructor(control: SessionControl, audit: AuditTrail, clock: Clock) {
    this.#control = control;
    this.#audit = audit;
    this.#clock = clock;
    this.#unsubscribe = control.onKillSettled((incident) => this.#settled(incident));
  }

  /** An incident has just begun; to be called in the same turn as `SessionControl.kill`. */
  pressed(incident: KillIncident, presser: Presser): void {
    this.#pressers.set(incident.id, presser);
    const providers = incident.lps.map(({ provider }) => provider).join(', ');
    const entry = {
      ...auditHead(presser.actor, presser.asked, incident.startedAtMs),
      result: 'begun',
      detail: `incident ${incident.id}: ${providers}; what became of it has a row of its own`,
    };
    this.#audit.write(entry, () => undefined);
  }

  close(): void {
    this.#unsubscribe();
  }

  #settled(incident: KillIncident): void {
    const presser = this.#pressers.get(incident.id) ?? unknownPresser(incident);
    this.#pressers.delete(incident.id);
    const confirmed = incident.lps.every((lp) => lp.outcome === 'confirmed');
    this.#audit.write(
      {
        ...auditHead(presser.actor, presser.asked, incident.startedAtMs),
        result: confirmed ? 'ok' : 'not-confirmed',
        detail: `incident ${incident.id}: ${outcomes(incident.lps)}; settled after ${this.#clock.nowMs() - incident.startedAtMs} ms`,
      },
      (error) => this.#control.auditWritten(incident.id, error),
    );
  }
}

function outcomes(lps: readonly LpKill[]): string {
  if (lps.length === 0) return 'no LP to kill';
  return lps.map((lp) => `${lp.provider} ${lp.outcome === 'confirmed' ? 'confirmed' : 'NOT CONFIRMED'}`).join(', ');
}

/** A kill that no operation here asked for: its latch was set by another console or by SQL. */
function unknownPresser(incident: KillIncident): Presser {
  return {
    actor: { name: incident.by, role: 'admin', claimed: null, source: 'system', from: 'console' },
    asked: {
      operation: incident.scope === 'all' ? 'kill-all' : 'kill',
      provider: incident.scope === 'lp' ? (incident.lps[0]?.provider ?? null) : null,
      reason: incident.reason,
    },
  };
}
