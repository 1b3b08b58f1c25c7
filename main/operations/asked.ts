import type { Actor, AuditEntry } from '../contracts/audit.ts';

/** What is asked for, as it stands in the audit row. */
export interface Asked {
  readonly operation: string;
  readonly provider: string | null;
  readonly reason: string | null;
}

/** Characters. */
export const MAX_REASON = 200;

/** Who, what, when and from where of an audit row; a reason that was too long is cut. */
export function auditHead(actor: Actor, asked: Asked, atMs: number): Omit<AuditEntry, 'result' | 'detail'> {
  return {
    atMs,
    actor: actor.name,
    source: actor.source,
    from: actor.from,
    operation: asked.operation,
    provider: asked.provider,
    reason: asked.reason === null ? null : asked.reason.trim().slice(0, MAX_REASON),
  };
}
