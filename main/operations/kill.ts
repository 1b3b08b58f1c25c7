import { messageOf } from '../base/errors.ts';
import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { KillIncident } from '../contracts/kill.ts';
import type { Result } from '../contracts/result.ts';
import { type Asked, actorText, auditHead } from './audit-trail.ts';
import { authorityProblem } from './authority.ts';
import { audited, type OperationDeps, reasonProblem, refused, typedProblem } from './operation.ts';
import { plainText } from './plain-text.ts';

/**
 * Kills one LP: in force when this returns, the rest is seen in the incident. Waits for neither disk, database, NATS nor audit.
 * Idempotent: a second press answers with the first incident. Fails when there is no such LP.
 */
export function kill(deps: OperationDeps, actor: Actor, { provider, reason }: Args<'lp.kill'>): Promise<Result<KillIncident>> {
  const asked = { operation: 'kill', provider, reason } as const;
  const refusal = authorityProblem(actor, 'kill') ?? reasonProblem(reason);
  if (refusal !== null) return refused(deps, actor, asked, refusal);
  return press(deps, actor, asked, () => deps.control.kill([provider], 'lp', actorText(actor), plainText(reason)));
}

/** The part that one and all share: starts the incident, and sees to the audit row of this press. */
async function press(
  deps: OperationDeps,
  actor: Actor,
  asked: Asked,
  start: () => Result<KillIncident>,
): Promise<Result<KillIncident>> {
  const known = new Set(deps.control.incidents().map((incident) => incident.id));
  const result = attempt(deps, asked, start);
  if (result.ok && !known.has(result.value.id) && result.value.lps.some((lp) => lp.outcome === 'running')) {
    deps.kills.pressed(result.value, { actor, asked });
    return result;
  }
  deps.audit.write(
    {
      ...auditHead(actor, asked, deps.clock.nowMs()),
      result: result.ok ? 'ok' : result.error.code,
      detail: result.ok ? `killed before, in incident ${result.value.id}` : result.error.message,
    },
    () => undefined,
  );
  return result;
}

function attempt(deps: OperationDeps, asked: Asked, start: () => Result<KillIncident>): Result<KillIncident> {
  try {
    return start();
  } catch (error) {
    deps.log.error({ err: error, operation: asked.operation, provider: asked.provider }, 'Kill failed');
    const message = `The kill did not start: ${messageOf(error)}. Stop the engine process by hand.`;
    return { ok: false, error: { kind: 'operational', code: 'kill-failed', message } };
  }
}

/** Kills every LP. `typed` must be KILL; otherwise as `kill`. */
export function killAll(
  deps: OperationDeps,
  actor: Actor,
  { reason, typed }: Args<'lp.kill-all'>,
): Promise<Result<KillIncident>> {
  const asked = { operation: 'kill-all', provider: null, reason } as const;
  const refusal = authorityProblem(actor, 'kill-all') ?? reasonProblem(reason) ?? typedProblem(typed, 'KILL');
  if (refusal !== null) return refused(deps, actor, asked, refusal);
  const providers = deps.control.views().map((view) => view.provider);
  return press(deps, actor, asked, () => deps.control.kill(providers, 'all', actorText(actor), plainText(reason)));
}

/**
 * Takes the kill latch off; the LP stays inactive until it is activated. `typed` must be the provider's name. Fails (user) with `second-needed`
 * where two have to ask for it and this is the first.
 */
export async function rearm(deps: OperationDeps, actor: Actor, args: Args<'lp.rearm'>): Promise<Result<null>> {
  const { provider, reason, typed } = args;
  const asked = { operation: 'rearm', provider, reason } as const;
  const refusal = reasonProblem(reason) ?? typedProblem(typed, provider);
  let askedBy: string | null = null;
  const action = async (): Promise<Result<null>> => {
    const second = deps.second?.confirms(deps.control.view(provider), actor) ?? null;
    if (second !== null && !('askedBy' in second)) return { ok: false, error: second };
    askedBy = second?.askedBy ?? null;
    const result = await deps.control.rearm(provider);
    if (result.ok) deps.second?.done(provider);
    return result;
  };
  return audited(deps, actor, asked, refusal, action, () => (askedBy === null ? null : `asked for by ${askedBy}`));
}
