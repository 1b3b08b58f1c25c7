import { describe, expect, it } from 'vitest';
import type { KillLatch } from '../../../../main/contracts/lp-record.ts';
import {
  desiredState,
  type Facts,
  type OwnershipFact,
  type RunFacts,
  type ScheduleFact,
} from '../../../../main/sessions/lp/desired-state.ts';
import { MemoryDatabase } from '../../../support/memory-database.ts';

const database = new MemoryDatabase();
database.put('LP-A');
const record = database.row('LP-A');
const invalid: Facts['record'] = {
  ...record,
  config: { valid: false, problems: [{ column: 'Port', rule: 'must be 1 to 65535' }] },
};
const needsSecrets: Facts['record'] = {
  ...record,
  config: record.config.valid
    ? { valid: true, value: { ...record.config.value, secretsToEnter: ['password', 'session.logonTags'] } }
    : record.config,
};
const latch: KillLatch = { incidentId: 'k-1', by: 'desk', reason: 'wrong prices', atMs: 1 };
const run: RunFacts = { loggedOn: true, failed: false, stuck: false, outdated: false };
const open: ScheduleFact = { open: true, turned: false, nextChangeMs: 9 };
const closed: ScheduleFact = { ...open, open: false };
const wanted: Facts = { record, desired: 'active', latch: null, schedule: null, ownership: 'ours', run: null };

const decide = (change: Partial<Facts>) => desiredState({ ...wanted, ...change });

describe('what an LP should be doing', () => {
  it.each<[string, Partial<Facts>, object]>([
    ['starts when nothing forbids it and it is ours', {}, { kind: 'start' }],
    ['starts inside its schedule', { schedule: open }, { kind: 'start' }],
    ['starts at the beginning of a session', { schedule: { ...open, turned: true } }, { kind: 'start' }],
    ['asks whose it is first', { ownership: 'unasked' }, { kind: 'wait', waiting: { for: 'ownership', asked: 'not-yet' } }],
    ['reads the row of an LP that it has just taken', { ownership: 'taken' }, { kind: 'wait', waiting: { for: 'reading' } }],
    ['waits for another console', { ownership: 'foreign' }, { kind: 'wait', waiting: { for: 'ownership', asked: 'foreign' } }],
    ['waits for the database', { ownership: 'unanswered' }, { kind: 'wait', waiting: { for: 'ownership', asked: 'unanswered' } }],
    [
      'waits for a secret that must be entered again, and says which',
      { record: needsSecrets },
      {
        kind: 'wait',
        waiting: { for: 'valid-configuration', reason: { code: 'secrets-needed', detail: 'password, session.logonTags' } },
      },
    ],
    [
      'ends a run that would go where its secrets must not',
      { record: needsSecrets, run: { ...run, loggedOn: false } },
      { kind: 'end', reason: { code: 'secrets-needed' }, status: 2 },
    ],
    ['keeps a session that is on with what it has', { record: needsSecrets, run }, { kind: 'keep', config: null }],
    [
      'waits for a valid row, and says what is wrong',
      { record: invalid },
      {
        kind: 'wait',
        waiting: { for: 'valid-configuration', reason: { code: 'config-invalid', detail: 'Port: must be 1 to 65535' } },
      },
    ],
    [
      'asks whose an invalid row is before it says so',
      { record: invalid, ownership: 'unasked' },
      { waiting: { for: 'ownership' } },
    ],
    ['stays when it runs', { run }, { kind: 'keep', config: { provider: 'LP-A' } }],
    ['stays logged on with an invalid row', { run, record: invalid }, { kind: 'keep', config: null }],
    [
      'ends, not logged on, with an invalid row',
      { run: { ...run, loggedOn: false }, record: invalid },
      { kind: 'end', reason: { code: 'config-invalid' }, status: 2 },
    ],
    ['stays given up', { run: { ...run, loggedOn: false, failed: true } }, { kind: 'keep' }],
    [
      'begins again when what it gave up with has changed',
      { run: { ...run, loggedOn: false, failed: true, outdated: true } },
      { kind: 'end', reason: { code: 'restarting' }, status: 0 },
    ],
    ['tries again to end what did not', { run: { ...run, stuck: true } }, { kind: 'end', reason: { code: 'restarting' } }],
    ['ends with its session', { run, schedule: closed }, { kind: 'end', reason: { code: 'off-schedule' }, status: 0 }],
    [
      'ends where another session has begun',
      { run, schedule: { ...open, turned: true } },
      { kind: 'end', reason: { code: 'off-schedule' }, status: 0 },
    ],
    ['waits for its opening', { schedule: closed }, { kind: 'wait', waiting: { for: 'opening', atMs: 9 } }],
    [
      'ends when people want it inactive',
      { run, desired: 'inactive' },
      { kind: 'end', reason: { code: 'deactivated' }, status: 0 },
    ],
    ['waits for people', { desired: 'inactive' }, { kind: 'wait', waiting: { for: 'activation' } }],
    [
      'ends when it is killed, and leaves the status to the kill',
      { run, latch },
      { kind: 'end', reason: { code: 'killed', detail: 'desk: wrong prices' }, text: 'Killed: wrong prices', status: null },
    ],
    ['waits for its re-arming', { latch }, { kind: 'wait', waiting: { for: 're-arm', latch } }],
  ])('%s', (_, change, expected) => {
    expect(decide(change)).toMatchObject(expected);
  });

  const ownerships: readonly OwnershipFact[] = ['ours', 'unasked', 'taken', 'foreign', 'unanswered'];
  const schedules = [null, open, closed, { ...open, turned: true }];
  const flags = [true, false];
  const runs = [
    null,
    ...flags.flatMap((loggedOn) =>
      flags.flatMap((failed) => flags.flatMap((stuck) => flags.map((outdated) => ({ loggedOn, failed, stuck, outdated })))),
    ),
  ];
  const everything: Facts[] = [record, invalid].flatMap((row) =>
    (['active', 'inactive'] as const).flatMap((desired) =>
      [null, latch].flatMap((killed) =>
        schedules.flatMap((schedule) =>
          ownerships.flatMap((ownership) =>
            runs.map((each) => ({ record: row, desired, latch: killed, schedule, ownership, run: each })),
          ),
        ),
      ),
    ),
  );

  it('a kill, people and the schedule hold in every situation', () => {
    for (const facts of everything) {
      const { kind } = desiredState(facts);
      const forbidden = facts.latch !== null || facts.desired === 'inactive' || facts.schedule?.open === false;
      if (forbidden) expect(kind).toBe(facts.run === null ? 'wait' : 'end');
      if (kind === 'start') expect([facts.run, facts.ownership, facts.record.config.valid]).toEqual([null, 'ours', true]);
      if (kind === 'keep') expect(facts.run).not.toBeNull();
      if (kind === 'end') expect(facts.run).not.toBeNull();
    }
    expect(everything).toHaveLength(2 * 2 * 2 * 4 * 5 * 17);
  });
});
