import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Failure, Result } from '../contracts/result.ts';
import { audited, type OperationDeps, reasonProblem } from './operation.ts';
import { seqNumProblem } from './seq-num.ts';

/** Sets the next expected inbound and next outbound MsgSeqNum (null leaves one as it is). Fails while logged on. Scenario 9. */
export function setSequence(deps: OperationDeps, actor: Actor, args: Args<'lp.set-sequence'>): Promise<Result<null>> {
  const { provider, reason, nextIn, nextOut } = args;
  const asked = { operation: 'set-sequence', provider, reason };
  return audited(
    deps,
    actor,
    asked,
    reasonProblem(reason) ?? numbersProblem(nextIn, nextOut),
    () => deps.control.setSequence(provider, nextIn, nextOut),
    () => `next in ${nextIn ?? 'unchanged'}, next out ${nextOut ?? 'unchanged'}`,
  );
}

function numbersProblem(nextIn: number | null, nextOut: number | null): Failure | null {
  if (nextIn === null && nextOut === null) {
    return {
      kind: 'user',
      code: 'nothing-to-set',
      message: 'Give the next inbound or outbound MsgSeqNum, or both.',
      field: 'nextIn',
    };
  }
  return seqNumProblem(nextIn ?? 1, 'nextIn') ?? seqNumProblem(nextOut ?? 1, 'nextOut');
}
