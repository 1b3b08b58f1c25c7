import type { Timers } from '../../base/timers.ts';
import type { ConnectionLane } from '../connect/connection-lane.ts';
import type { Dialler } from '../connect/dialler.ts';
import type { LpScope } from './lp-scope.ts';
import type { RunEngine } from './run-engine.ts';
import type { RunSetups } from './run-setups.ts';
import type { RunState } from './run-state.ts';

/** What the parts of one run share. */
export interface RunParts {
  readonly scope: LpScope;
  readonly state: RunState;
  readonly lane: ConnectionLane;
  readonly setups: RunSetups;
  readonly engine: RunEngine;
  readonly dialler: Dialler;
  /** Cleared whenever something else is to be done than what they wait for. */
  readonly timers: Timers;
}
