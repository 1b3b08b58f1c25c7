import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import { messageOf } from '../../base/errors.ts';
import { cutText } from '../../contracts/bounded.ts';
import type { KillEvidence, LoggedMessage } from '../../contracts/stored-incident.ts';
import type { LpRun } from '../lp/lp-run.ts';

/** The last messages of an LP's FIX log, oldest first. Rejects when it cannot be read. */
export type ReadMessages = (provider: string) => Promise<readonly LoggedMessage[]>;

const PER_DIRECTION = 3;
const MESSAGE_BYTES = 1_024;
/** A log's disk that hangs leaves the evidence without messages. */
const READ_WITHIN_MS = 3_000;

/** What is known of a session at the press, by what its engine has said last. */
export function evidenceAtPress({ config, live, loggedOnAtMs }: LpRun): KillEvidence {
  const { nextIn, nextOut, stats } = live;
  const { provider } = config;
  return {
    provider,
    loggedOnAtMs,
    atPress: { nextIn, nextOut },
    atEnd: null,
    gap: stats?.gap ?? null,
    messages: null,
    problem: null,
  };
}

/** The same when the session has ended: with its last numbers, and the end of its log. Never rejects. */
export async function evidenceAtEnd(clock: Clock, before: KillEvidence, run: LpRun, read: ReadMessages): Promise<KillEvidence> {
  const { nextIn, nextOut } = run.live;
  const ended = { ...before, atEnd: { nextIn, nextOut } };
  try {
    const messages = await withDeadline(clock, READ_WITHIN_MS, read(before.provider));
    if (messages === undefined) return { ...ended, problem: `the FIX log has not answered for ${READ_WITHIN_MS / 1_000} s` };
    return { ...ended, messages: lastOfEach(messages) };
  } catch (error) {
    return { ...ended, problem: `the FIX log cannot be read: ${messageOf(error)}` };
  }
}

function lastOfEach(messages: readonly LoggedMessage[]): readonly LoggedMessage[] {
  const left = { in: PER_DIRECTION, out: PER_DIRECTION };
  const last: LoggedMessage[] = [];
  for (const { at, direction, text } of messages.toReversed()) {
    if (left[direction] === 0) continue;
    left[direction] -= 1;
    last.unshift({ at, direction, text: cutText(text, MESSAGE_BYTES) });
  }
  return last;
}
