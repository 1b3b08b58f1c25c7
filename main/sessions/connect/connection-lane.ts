import type { Layer } from '../../contracts/disconnect-reason.ts';
import { LANE_STEPS, type LaneStep, type LaneStepName } from '../../contracts/lp-view.ts';

const OFF = LANE_STEPS.map((name): LaneStep => ({ name, light: 'off', atMs: null, durationMs: null, text: null }));

/** Where on the lane a failed layer shows. Layers above the Logon have no light of their own: the Logon's goes out. */
const STEP_OF_LAYER: Record<Layer, LaneStepName> = {
  config: 'engine',
  engine: 'engine',
  dns: 'dns',
  tunnel: 'tunnel',
  tcp: 'tcp',
  tls: 'tls',
  logon: 'logon',
  sequence: 'logon',
  heartbeat: 'logon',
  protocol: 'logon',
  'peer-logout': 'logon',
  operator: 'logon',
  schedule: 'logon',
  ownership: 'engine',
};

/** The lights of one connection attempt: engine → DNS → tunnel → TCP → TLS → Logon → first application message. */
export class ConnectionLane {
  #steps: readonly LaneStep[] = OFF;
  readonly #began = new Map<LaneStepName, number>();

  view(): readonly LaneStep[] {
    return this.#steps;
  }

  /** Puts out the lights of a connection attempt; those of the engine and the tunnel process stay. */
  restart(ssl: boolean): void {
    this.#began.clear();
    this.#steps = this.#steps.map((step): LaneStep => {
      if (step.name === 'engine' || (step.name === 'tunnel' && step.light === 'ok' && ssl)) return step;
      const skipped = !ssl && (step.name === 'tunnel' || step.name === 'tls');
      return { name: step.name, light: skipped ? 'skipped' : 'off', atMs: null, durationMs: null, text: null };
    });
  }

  clear(): void {
    this.#began.clear();
    this.#steps = OFF;
  }

  doing(name: LaneStepName, atMs: number, text: string | null = null): void {
    this.#began.set(name, atMs);
    this.#set({ name, light: 'doing', atMs, durationMs: null, text });
  }

  ok(name: LaneStepName, atMs: number, text: string | null = null, durationMs?: number): void {
    const began = this.#began.get(name);
    this.#set({ name, light: 'ok', atMs, durationMs: durationMs ?? (began === undefined ? null : atMs - began), text });
  }

  skip(name: LaneStepName, text: string | null = null): void {
    this.#set({ name, light: 'skipped', atMs: null, durationMs: null, text });
  }

  /** Marks the light of the layer that failed, and puts out what was still under way. */
  fail(layer: Layer, atMs: number, text: string): void {
    const failed = STEP_OF_LAYER[layer];
    this.#steps = this.#steps.map((step): LaneStep => {
      if (step.name === failed) return { name: failed, light: 'failed', atMs, durationMs: null, text };
      return step.light === 'doing' ? { ...step, light: 'off' } : step;
    });
  }

  /** Adds to what a light says, as when the certificate's days left become known after the handshake. */
  note(name: LaneStepName, text: string): void {
    const step = this.#steps.find((candidate) => candidate.name === name);
    if (step !== undefined) this.#set({ ...step, text: step.text === null ? text : `${step.text}, ${text}` });
  }

  #set(changed: LaneStep): void {
    this.#steps = this.#steps.map((step) => (step.name === changed.name ? changed : step));
  }
}
