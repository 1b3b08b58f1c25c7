/**
 * Who must act on a failure: the user (wrong input), the operator of the installation (a part is down), or a developer (a bug).
 * Nothing throws across a process border: every request is answered by a Result.
 */
export type FailureKind = 'user' | 'operational' | 'unexpected';

export interface Failure {
  readonly kind: FailureKind;
  /** Stable, kebab-case; for programs. */
  readonly code: string;
  /** One sentence naming what is wrong and the fix; for people. */
  readonly message: string;
  /** The column or argument at fault, where there is one: `HeartBtInt`, `tunnel.caFile`, `reason`. */
  readonly field?: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (kind: FailureKind, code: string, message: string, field?: string): { ok: false; error: Failure } => ({
  ok: false,
  error: field === undefined ? { kind, code, message } : { kind, code, message, field },
});
