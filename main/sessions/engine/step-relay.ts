import type { KillStepName, KillStepState } from '../../contracts/kill.ts';
import type { StepObserver } from './teardown.ts';

/** The steps of one teardown for whoever watches; who comes later, as a kill during a deactivation, is told what was done before. */
export class StepRelay {
  readonly #taken = new Map<KillStepName, { readonly state: KillStepState; readonly text: string | null }>();
  readonly #observers: StepObserver[] = [];

  watch(observer: StepObserver): void {
    for (const [name, { state, text }] of this.#taken) observer(name, state, text);
    this.#observers.push(observer);
  }

  readonly report: StepObserver = (name, state, text) => {
    this.#taken.set(name, { state, text });
    for (const observer of this.#observers) observer(name, state, text);
  };
}
