import type { Clock } from '../base/clock.ts';
import type { Actor } from '../contracts/audit.ts';
import type { RefusedWrites } from '../contracts/refused.ts';
import type { Failure, Result } from '../contracts/result.ts';
import type { SessionControl } from '../sessions/session-control.ts';
import { type Asked, type AuditTrail, auditHead, MAX_REASON } from './audit-trail.ts';
import { authorityProblem } from './authority.ts';
import { failureOf } from './failures.ts';
import type { KillAudit } from './kill-audit.ts';
import { plainText } from './plain-text.ts';
import type { ConfigRepository, IncidentLog, Log } from './ports.ts';
import type { SecondIdentity } from './second-identity.ts';

/** What every operation works on. */
export interface OperationDeps {
  readonly control: SessionControl;
  readonly configs: ConfigRepository;
  readonly audit: AuditTrail;
  readonly kills: KillAudit;
  readonly incidents: IncidentLog;
  /** Where refused writes are kept. */
  readonly refused: readonly RefusedWrites[];
  readonly clock: Clock;
  readonly log: Log;
  /** Null: one is enough to re-arm. */
  readonly second: SecondIdentity | null;
  /** Whether the console shuts down: then only kills are taken. */
  readonly closing: () => boolean;
}

const SHUTTING_DOWN: Failure = {
  kind: 'operational',
  code: 'shutting-down',
  message: 'The console is shutting down and logs its LPs out; nothing was done. Only a kill is still taken.',
};

/** Refuses an empty or too long reason; null when it will do. */
export function reasonProblem(reason: string): Failure | null {
  if (plainText(reason) === '') {
    return { kind: 'user', code: 'reason-required', message: 'Say why: the reason goes into the audit.', field: 'reason' };
  }
  return tooLong(reason);
}

/** As `reasonProblem`, where the reason may be left empty. */
export function optionalReasonProblem(reason: string): Failure | null {
  return tooLong(reason);
}

function tooLong(reason: string): Failure | null {
  if (plainText(reason).length <= MAX_REASON) return null;
  return {
    kind: 'user',
    code: 'reason-too-long',
    message: `Shorten the reason to ${MAX_REASON} characters or fewer.`,
    field: 'reason',
  };
}

/** Refuses when what was typed is not the word that the action asks for. */
export function typedProblem(typed: string, expected: string): Failure | null {
  if (typed === expected) return null;
  return { kind: 'user', code: 'typed-differs', message: `Type ${expected} exactly to confirm.`, field: 'typed' };
}

export function unknownProvider(provider: string): Failure {
  return { kind: 'user', code: 'unknown-provider', message: `There is no LP named ${provider}.`, field: 'provider' };
}

/**
 * Runs one operator action and leaves exactly one audit row: who, what, when, from where, with which result; also when it is
 * refused (by the actor's role, `refusal`, or because the console shuts down) or throws. Never rejects. `detail` says what the row adds about a success.
 */
export async function audited<T>(
  deps: OperationDeps,
  actor: Actor,
  asked: Asked,
  refusal: Failure | null,
  action: () => Promise<Result<T>>,
  detail: (value: T) => string | null = () => null,
): Promise<Result<T>> {
  const atMs = deps.clock.nowMs();
  const problem = authorityProblem(actor, asked.operation) ?? refusal ?? (deps.closing() ? SHUTTING_DOWN : null);
  const result: Result<T> = problem === null ? await settled(deps, asked, action) : { ok: false, error: problem };
  await deps.audit.written({
    ...auditHead(actor, asked, atMs),
    result: result.ok ? 'ok' : result.error.code,
    detail: result.ok ? detail(result.value) : result.error.message,
  });
  return result;
}

/** Answers with a refusal and leaves its audit row, where there is nothing to run. */
export function refused(
  deps: OperationDeps,
  actor: Actor,
  asked: Asked,
  refusal: Failure,
): Promise<{ ok: false; error: Failure }> {
  const result = { ok: false, error: refusal } as const;
  return audited(deps, actor, asked, refusal, async () => result).then((answered) => (answered.ok ? result : answered));
}

/** A query: as an operation, without audit. Never rejects. */
export async function settled<T>(
  deps: Pick<OperationDeps, 'log'>,
  asked: Omit<Asked, 'operation'> & { readonly operation: string },
  action: () => Promise<Result<T>>,
): Promise<Result<T>> {
  try {
    return await action();
  } catch (error) {
    const failure = failureOf(error);
    deps.log.error({ err: error, operation: asked.operation, provider: asked.provider, code: failure.code }, 'Operation failed');
    return { ok: false, error: failure };
  }
}
