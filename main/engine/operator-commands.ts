import type { EngineCommand } from '../contracts/engine-protocol.ts';
import type { Sent } from '../fix/session/sending.ts';
import type { SessionShell } from './session-shell.ts';

/** What an operator asks of a session that runs, or of its numbers. */
export type OperatorCommand = Extract<
  EngineCommand,
  { type: 'set-sequence' | 'reset-sequence' | 'test-request' | 'resend-request' | 'send' }
>;

export interface OperatorAnswer {
  /** In words for the operator; null when it was done. */
  readonly error: string | null;
  /** Of what was sent. */
  readonly msgSeqNum: number | null;
}

const MAX_SEQ_NUM = 2 ** 31;
export const DONE: OperatorAnswer = { error: null, msgSeqNum: null };
const refused = (error: string): OperatorAnswer => ({ error, msgSeqNum: null });
const isSeqNum = (n: number | null): boolean => n === null || (Number.isInteger(n) && n >= 1 && n <= MAX_SEQ_NUM);

export function obeyOperator(shell: SessionShell, command: OperatorCommand): OperatorAnswer {
  const { session } = shell;
  switch (command.type) {
    case 'set-sequence': {
      const { nextIn, nextOut } = command;
      const wrong = [nextIn, nextOut].find((n) => !isSeqNum(n));
      if (wrong !== undefined)
        return refused(`${String(wrong)} is not a MsgSeqNum: give a whole number from 1 to ${MAX_SEQ_NUM}.`);
      shell.turn(() => session.setNumbers(nextIn, nextOut));
      return DONE;
    }
    case 'reset-sequence':
      shell.turn(() => session.reset());
      return DONE;
    case 'test-request':
      return answerSent(shell.turn((now) => session.testRequest(now)));
    case 'resend-request':
      return answerSent(shell.turn((now) => session.requestResend(command.from, now)));
    case 'send':
      return answerSent(shell.turn((now) => session.send(command.msgType, command.fields, now)));
    default:
      return command satisfies never;
  }
}

function answerSent(result: Sent | null): OperatorAnswer {
  if (result === null) return refused('The message store failed.');
  return result.ok ? { error: null, msgSeqNum: result.msgSeqNum } : refused(result.error);
}
