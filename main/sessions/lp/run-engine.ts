import { messageOf } from '../../base/errors.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { EngineSettings } from '../../contracts/engine-protocol.ts';
import { CONSOLE_SILENT_EXIT, ENGINE_HEAP_MB, exitText, OUT_OF_MEMORY, type ProcessExit } from '../../contracts/processes.ts';
import { type EngineListener, EngineSupervisor } from '../engine/engine-supervisor.ts';
import { MemoryWatch } from '../engine/memory-watch.ts';
import type { LpScope } from './lp-scope.ts';
import type { RunDeps } from './run-setup.ts';

/** How an engine process ended. */
export interface EngineEnd {
  /** It did not answer and was ended: that has been told already. */
  readonly wedged: boolean;
  /** Why it was known to end before it did. */
  readonly foretold: DisconnectReason | null;
  readonly exit: ProcessExit;
}

export interface RunEngineListener extends EngineListener {
  ended(end: EngineEnd): void;
}

/** The engine process of a run, one after the other. */
export class RunEngine {
  readonly #scope: LpScope;
  readonly #deps: RunDeps;
  readonly #listener: RunEngineListener;
  #process: EngineSupervisor | null = null;
  /** An engine that ends by itself says why before, and one that outgrew its memory is ended: this is why, not its exit. */
  #foretold: DisconnectReason | null = null;
  #memory = new MemoryWatch();

  constructor(scope: LpScope, deps: RunDeps, listener: RunEngineListener) {
    this.#scope = scope;
    this.#deps = deps;
    this.#listener = listener;
  }

  get process(): EngineSupervisor | null {
    return this.#process;
  }
  get pid(): number | null {
    return this.#process === null || this.#process.gone ? null : this.#process.pid;
  }
  /** Whether there is one that is about to end: nothing is begun with it. */
  get ends(): boolean {
    return this.#process !== null && (this.#process.wedged || this.#foretold !== null);
  }

  /** @returns null; else why it cannot be started */
  launch(settings: EngineSettings): DisconnectReason | null {
    let engine: EngineSupervisor;
    try {
      engine = new EngineSupervisor(this.#scope.provider, this.#deps.launcher, this.#scope.clock, this.#listener);
    } catch (error) {
      return { code: 'engine-exit', detail: `it cannot be started: ${messageOf(error)}` };
    }
    this.#process = engine;
    this.#memory = new MemoryWatch();
    this.ownedUntil();
    void engine.exited.then((exit) => this.#ended({ wedged: engine.wedged, foretold: this.#foretold, exit }));
    engine.send({ type: 'start', settings });
    return null;
  }

  #ended(end: EngineEnd): void {
    this.#process = null;
    this.#foretold = null;
    this.#listener.ended(end);
  }

  /** Tells the engine until when no other console can take the LP; it ends its session before. While that is not known it stands as it was. */
  ownedUntil(): void {
    if (this.#scope.row.held) this.#process?.send({ type: 'owned-until', untilMs: this.#deps.ownership.ownedUntilMs() });
  }

  /** It will end, and this is why. */
  foretell(reason: DisconnectReason): void {
    this.#foretold = reason;
  }

  /** What its resident memory calls for; nothing while it is about to end for another reason. */
  memory(rssBytes: number, limitMb: number): 'fine' | 'much' | 'over' {
    return this.#process === null || this.#foretold !== null ? 'fine' : this.#memory.look(rssBytes, limitMb);
  }
}

/** Why a connection is down whose engine ended without a word. */
export function reasonOfExit(exit: ProcessExit): DisconnectReason {
  if (exit.signal === OUT_OF_MEMORY) return { code: 'engine-memory', detail: `${ENGINE_HEAP_MB} MB` };
  return exit.code === CONSOLE_SILENT_EXIT ? { code: 'console-silent' } : { code: 'engine-exit', detail: exitText(exit) };
}
