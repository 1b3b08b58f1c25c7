import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps, reasonProblem } from './operation.ts';
import { seqNumProblem } from './seq-num.ts';

/** Sends a ResendRequest(2) from MsgSeqNum `from` to 0 (all after it). Fails while not logged on. */
export function resendRequest(deps: OperationDeps, actor: Actor, args: Args<'lp.resend-request'>): Promise<Result<null>> {
  const { provider, reason, from } = args;
  const asked = { operation: 'resend-request', provider, reason };
  return audited(
    deps,
    actor,
    asked,
    reasonProblem(reason) ?? seqNumProblem(from, 'from'),
    () => deps.control.resendRequest(provider, from),
    () => `from ${from}`,
  );
}
