import type { Failure } from '../contracts/result.ts';

/** MsgSeqNum(34) is at least 1; 2^31 − 1 is the most that every FIX engine can hold. */
const MAX_SEQ_NUM = 2_147_483_647;

/** Refuses what cannot be a MsgSeqNum(34); `field` is the argument that carried it. */
export function seqNumProblem(value: number, field: string): Failure | null {
  if (Number.isInteger(value) && value >= 1 && value <= MAX_SEQ_NUM) return null;
  return { kind: 'user', code: 'bad-seq-num', message: `${field} must be a whole number from 1 to ${MAX_SEQ_NUM}.`, field };
}
