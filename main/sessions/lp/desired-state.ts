import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { LpConfig } from '../../contracts/lp-config.ts';
import type { Desired, KillLatch, LpRecord, LpStatus } from '../../contracts/lp-record.ts';
import { killedBy, unusable } from './failures.ts';

/**
 * Whether this console may run the LP. unasked: not known yet. taken: it is ours since a moment ago, and what was read of the row
 * before may be another console's. unanswered: the database could not be asked.
 */
export type OwnershipFact = 'ours' | 'unasked' | 'taken' | 'foreign' | 'unanswered';

/** What the run that there is looks like. */
export interface RunFacts {
  readonly loggedOn: boolean;
  /** It gave up until a person acts. */
  readonly failed: boolean;
  /** It was to end, and something of it did not. */
  readonly stuck: boolean;
  /** The row's configuration is another than the one it was given last. */
  readonly outdated: boolean;
}

/** Where now stands in the schedule that counts; null without one. */
export interface ScheduleFact {
  readonly open: boolean;
  /** A session has begun since the last look: the run belongs to the one before. */
  readonly turned: boolean;
  readonly nextChangeMs: number;
}

export interface Facts {
  readonly record: LpRecord;
  /** What people want: an operator's word of just now counts before the row's. */
  readonly desired: Desired;
  readonly latch: KillLatch | null;
  readonly schedule: ScheduleFact | null;
  readonly ownership: OwnershipFact;
  readonly run: RunFacts | null;
}

/** What is waited for without a session. */
export type Waiting =
  | { readonly for: 're-arm'; readonly latch: KillLatch }
  | { readonly for: 'activation' }
  | { readonly for: 'opening'; readonly atMs: number }
  /** `asked`: the database did not answer, or said that another console has the LP. */
  | { readonly for: 'ownership'; readonly asked: 'not-yet' | 'foreign' | 'unanswered' }
  /** The row is to be read again, as what is known of it may be out of date. */
  | { readonly for: 'reading' }
  | { readonly for: 'valid-configuration'; readonly reason: DisconnectReason };

/** What is to be done about an LP. */
export type DesiredState =
  | { readonly kind: 'start'; readonly config: LpConfig }
  /** text: of our Logout. status null: it is another's to write. Then look again. */
  | { readonly kind: 'end'; readonly reason: DisconnectReason; readonly text: string; readonly status: LpStatus | null }
  /** The run stays; config null: with the configuration that it has. */
  | { readonly kind: 'keep'; readonly config: LpConfig | null }
  | { readonly kind: 'wait'; readonly waiting: Waiting };

/**
 * What an LP should be doing now. A pure decision: whoever asks does what it says, and asks again when a fact has changed. What forbids a
 * session (a kill before people, people before the schedule) comes before what a session needs (ownership, a valid configuration).
 */
export function desiredState(facts: Facts): DesiredState {
  const { record, schedule, run } = facts;
  const { config } = record;
  const forbidden = whatForbids(facts);
  if (forbidden !== null) {
    if (run === null) return { kind: 'wait', waiting: forbidden };
    return endFor(forbidden);
  }
  if (run === null) return beginning(facts);
  if (schedule?.turned === true) return END_OF_SESSION;
  if (run.stuck) return RESTARTING;
  const fault = unusable(record);
  if (!config.valid || fault !== null) {
    // A session that is logged on stays: to end it for a slip of the pen would do more harm. There is no next one.
    if (run.loggedOn || fault === null) return { kind: 'keep', config: null };
    return { kind: 'end', reason: fault, text: 'The configuration cannot be used', status: 2 };
  }
  if (run.failed && run.outdated) return RESTARTING;
  return { kind: 'keep', config: config.value };
}

const END_OF_SESSION: DesiredState = { kind: 'end', reason: { code: 'off-schedule' }, text: 'End of session', status: 0 };
const RESTARTING: DesiredState = { kind: 'end', reason: { code: 'restarting' }, text: 'Restarting', status: 0 };

type Forbidding = Extract<Waiting, { for: 're-arm' | 'activation' | 'opening' }>;

function whatForbids({ latch, desired, schedule }: Facts): Forbidding | null {
  if (latch !== null) return { for: 're-arm', latch };
  if (desired === 'inactive') return { for: 'activation' };
  if (schedule?.open === false) return { for: 'opening', atMs: schedule.nextChangeMs };
  return null;
}

function endFor(forbidden: Forbidding): DesiredState {
  switch (forbidden.for) {
    case 're-arm':
      // The kill itself writes the status.
      return { kind: 'end', reason: killedBy(forbidden.latch), text: `Killed: ${forbidden.latch.reason}`, status: null };
    case 'activation':
      return { kind: 'end', reason: { code: 'deactivated' }, text: 'Deactivated', status: 0 };
    case 'opening':
      return END_OF_SESSION;
    default:
      return forbidden satisfies never;
  }
}

/** Nothing forbids a session, and there is none. */
function beginning({ record, ownership }: Facts): DesiredState {
  const { config } = record;
  const fault = unusable(record);
  const wait = (waiting: Waiting): DesiredState => ({ kind: 'wait', waiting });
  switch (ownership) {
    case 'unasked':
      return wait({ for: 'ownership', asked: 'not-yet' });
    case 'foreign':
    case 'unanswered':
      return wait({ for: 'ownership', asked: ownership });
    case 'taken':
      return wait({ for: 'reading' });
    case 'ours':
      return config.valid && fault === null
        ? { kind: 'start', config: config.value }
        : wait({ for: 'valid-configuration', reason: fault ?? { code: 'config-invalid' } });
    default:
      return ownership satisfies never;
  }
}
