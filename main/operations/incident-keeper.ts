import type { KillIncident } from '../contracts/kill.ts';
import type { KillEvidence } from '../contracts/stored-incident.ts';
import type { SessionControl } from '../sessions/session-control.ts';
import type { IncidentLog } from './ports.ts';

/** Incidents whose later evidence, or late event, is still put down. */
const KEPT = 50;

interface Kept {
  incident: KillIncident | null;
  readonly evidence: Map<string, KillEvidence>;
}

/** Puts every kill in which this console did something into the log of incidents, from the press on, and again whenever something of it changes. */
export class IncidentKeeper {
  readonly #log: IncidentLog;
  readonly #console: string;
  readonly #kept = new Map<string, Kept>();
  readonly #changed = new Set<string>();
  readonly #unsubscribe: readonly (() => void)[];

  /** @param console this console's name */
  constructor(control: Pick<SessionControl, 'onIncident' | 'onEvidence'>, log: IncidentLog, console: string) {
    this.#log = log;
    this.#console = console;
    this.#unsubscribe = [
      control.onIncident((incident) => {
        if (!didSomething(incident)) return;
        this.#of(incident.id).incident = incident;
        this.#saveSoon(incident.id);
      }),
      control.onEvidence(({ incidentId, evidence }) => {
        this.#of(incidentId).evidence.set(evidence.provider, evidence);
        this.#saveSoon(incidentId);
      }),
    ];
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#save();
  }

  #of(id: string): Kept {
    const kept = this.#kept.get(id) ?? { incident: null, evidence: new Map<string, KillEvidence>() };
    this.#kept.set(id, kept);
    for (const [oldest, { incident }] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      if (oldest !== id && !isRunning(incident)) this.#kept.delete(oldest);
    }
    return kept;
  }

  /** After the turn: the sessions of a kill are told to end before anything is put down. */
  #saveSoon(id: string): void {
    if (this.#changed.size === 0) setImmediate(() => this.#save());
    this.#changed.add(id);
  }

  #save(): void {
    for (const id of this.#changed) {
      const { incident = null, evidence } = this.#kept.get(id) ?? {};
      if (incident !== null) this.#log.save({ console: this.#console, incident, evidence: [...(evidence?.values() ?? [])] });
    }
    this.#changed.clear();
  }
}

/** One that was only learned of, as at a start, is another's to keep. */
const didSomething = ({ lps }: KillIncident): boolean => lps.some(({ log }) => log.some(({ state }) => state !== 'skipped'));

const isRunning = (incident: KillIncident | null): boolean => incident?.lps.some(({ outcome }) => outcome === 'running') ?? false;
