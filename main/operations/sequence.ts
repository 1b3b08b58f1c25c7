import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Failure, Result } from '../contracts/result.ts';
import { audited, type OperationDeps, reasonProblem } from './operation.ts';

/** Sets the next expected inbound and next outbound MsgSeqNum (null leaves one as it is). Fails while logged on. Scenario 9. */
export function setSequence(deps: OperationDeps, actor: Actor, args: Args<'lp.set-sequence'>): Promise<Result<null>> {
  const { provider, reason, nextIn, nextOut } = args;
  const asked = { operation: 'set-sequence', provider, reason } as const;
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

/** Sets both numbers to 1 and sends 141=Y with the next Logon; the old store is kept aside. Fails while logged on. Scenario 9. */
export function resetSequence(deps: OperationDeps, actor: Actor, args: Args<'lp.reset-sequence'>): Promise<Result<null>> {
  const { provider, reason } = args;
  const asked = { operation: 'reset-sequence', provider, reason } as const;
  return audited(deps, actor, asked, reasonProblem(reason), () => deps.control.resetSequence(provider));
}

/** Sends a ResendRequest(2) from MsgSeqNum `from` to 0 (all after it). Fails while not logged on. */
export function resendRequest(deps: OperationDeps, actor: Actor, args: Args<'lp.resend-request'>): Promise<Result<null>> {
  const { provider, reason, from } = args;
  const asked = { operation: 'resend-request', provider, reason } as const;
  return audited(
    deps,
    actor,
    asked,
    reasonProblem(reason) ?? seqNumProblem(from, 'from'),
    () => deps.control.resendRequest(provider, from),
    () => `from ${from}`,
  );
}

/** Sends a TestRequest(1) now. Fails while not logged on. */
export function testRequest(deps: OperationDeps, actor: Actor, { provider }: Args<'lp.test-request'>): Promise<Result<null>> {
  const asked = { operation: 'test-request', provider, reason: null } as const;
  return audited(deps, actor, asked, null, () => deps.control.testRequest(provider));
}

/** MsgSeqNum(34) is at least 1; 2^31 − 1 is the most that every FIX engine can hold. */
const MAX_SEQ_NUM = 2_147_483_647;

/** Refuses what cannot be a MsgSeqNum(34); `field` is the argument that carried it. */
function seqNumProblem(value: number, field: string): Failure | null {
  if (Number.isInteger(value) && value >= 1 && value <= MAX_SEQ_NUM) return null;
  return { kind: 'user', code: 'bad-seq-num', message: `${field} must be a whole number from 1 to ${MAX_SEQ_NUM}.`, field };
}
