import type { Clock } from '../base/clock.ts';
import type { Actor } from '../contracts/audit.ts';
import type { LpView } from '../contracts/lp-view.ts';
import type { Failure } from '../contracts/result.ts';
import { OWN_TOKEN } from './tokens.ts';

/** How long an asking stands. */
const STANDS_MS = 15 * 60_000;

interface Asking {
  readonly incidentId: string;
  readonly by: string;
  readonly atMs: number;
}

/**
 * Where a kill is to be taken off by two: one asks, and another, who neither asked nor killed, does the same. Who they are is what was proven
 * (the token's name, the user at the desktop), not what was claimed; the console's own token, which is nobody's, confirms nothing.
 */
export class SecondIdentity {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #note: (provider: string, text: string) => void;
  readonly #askings = new Map<string, Asking>();

  /** @param note for the timeline of the LP: whoever is to confirm reads it there */
  constructor(clock: Pick<Clock, 'nowMs'>, note: (provider: string, text: string) => void) {
    this.#clock = clock;
    this.#note = note;
  }

  /** Who asked before, where this actor confirms it; null: there is no kill to take off. */
  confirms(view: LpView | null, actor: Actor): { readonly askedBy: string } | Failure | null {
    if (view?.state.kind !== 'killed') return null;
    const { provider } = view;
    const { incidentId, by: killedBy } = view.state.latch;
    const before = this.#askings.get(provider);
    const nowMs = this.#clock.nowMs();
    if (before?.incidentId !== incidentId || Math.abs(nowMs - before.atMs) >= STANDS_MS) {
      this.#askings.set(provider, { incidentId, by: actor.name, atMs: nowMs });
      this.#note(
        provider,
        `${actor.name} asks to re-arm: a second operator must do the same within ${STANDS_MS / 60_000} minutes`,
      );
      return needed(`Asked for, and not done yet: within ${STANDS_MS / 60_000} minutes`, provider, actor.name, killedBy);
    }
    const taken = [before.by, provenIn(killedBy), OWN_TOKEN].some((name) => name.toLowerCase() === actor.name.toLowerCase());
    return taken
      ? needed(`Not done: within ${STANDS_MS / 60_000} minutes of the asking`, provider, before.by, killedBy)
      : { askedBy: before.by };
  }

  done(provider: string): void {
    this.#askings.delete(provider);
  }
}

function needed(what: string, provider: string, askedBy: string, killedBy: string): Failure {
  const message =
    `${what}, an operator other than ${askedBy}, who asked, and ${provenIn(killedBy)}, who killed, must re-arm ${provider}, too, ` +
    `with a token of a name or at the desktop.`;
  return { kind: 'user', code: 'second-needed', message };
}

/** As `actorText` has it: what was claimed stands in brackets behind. */
const provenIn = (by: string): string => by.split(' (for ', 1)[0] ?? by;
